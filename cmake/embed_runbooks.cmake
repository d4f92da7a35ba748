# Writes a C++ source that holds every shipped runbook as raw text.
#   cmake -DDIR=<runbook folder> -DOUT=<file.cc> -P embed_runbooks.cmake
file(GLOB files ${DIR}/*.yaml)
list(SORT files)
set(source "#include \"services/ssm/shipped.h\"\n\nnamespace riposte::ssm {\nnamespace {\n\nusing namespace std::string_view_literals;\nconstexpr EmbeddedRunbook kRunbooks[] = {\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND source "    {\"${name}\"sv, R\"runbook(${text})runbook\"sv},\n")
endforeach()
string(APPEND source "};\n\n}  // namespace\n\nstd::span<const EmbeddedRunbook> EmbeddedRunbooks() {\n  return kRunbooks;\n}\n\n}  // namespace riposte::ssm\n")
file(WRITE ${OUT} "${source}")
