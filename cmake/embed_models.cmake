# Writes a C++ source that holds every model file as raw text.
#   cmake -DDIR=<model folder> -DOUT=<file.cc> -P embed_models.cmake
file(GLOB files ${DIR}/*.smithy)
list(SORT files)
set(source "#include \"wire/embedded_models.h\"\n\nnamespace riposte::wire {\nnamespace {\n\nusing namespace std::string_view_literals;\nconstexpr EmbeddedModel kModels[] = {\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND source "    {\"${name}\"sv, R\"smithy(${text})smithy\"sv},\n")
endforeach()
string(APPEND source "};\n\n}  // namespace\n\nstd::span<const EmbeddedModel> EmbeddedModels() {\n  return kModels;\n}\n\n}  // namespace riposte::wire\n")
file(WRITE ${OUT} "${source}")
