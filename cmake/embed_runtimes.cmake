# Writes a C++ source that holds the bootstraps of the function runtimes as raw text.
#   cmake -DDIR=<folder> -DOUT=<file.cc> -P embed_runtimes.cmake
file(GLOB files ${DIR}/bootstrap.*)
list(SORT files)
set(source "#include \"functions/embedded_runtimes.h\"\n\nnamespace riposte::functions {\nnamespace {\n\nusing namespace std::string_view_literals;\nconstexpr EmbeddedRuntime kRuntimes[] = {\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND source "    {\"${name}\"sv, R\"bootstrap(${text})bootstrap\"sv},\n")
endforeach()
string(APPEND source "};\n\n}  // namespace\n\nstd::span<const EmbeddedRuntime> EmbeddedRuntimes() {\n  return kRuntimes;\n}\n\n}  // namespace riposte::functions\n")
file(WRITE ${OUT} "${source}")
