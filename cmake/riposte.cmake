# How every target of the project is built: libraries from the distribution, one set of flags,
# warnings are errors, one library and one test program a folder.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(EXPAT REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
find_library(CCTZ_LIBRARY cctz REQUIRED)
if(RIPOSTE_TESTS)
  find_package(GTest REQUIRED)
  enable_testing()
  include(GoogleTest)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(riposte_flags INTERFACE)
target_compile_options(riposte_flags INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow
  -Wnon-virtual-dtor -Wno-missing-field-initializers -fno-omit-frame-pointer
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Flow-based warnings of g++ 12 that misfire on std::string and std::expected when optimising
  # (GCC bugs 105329, 105651, 105562); clang and later g++ keep them.
  target_compile_options(riposte_flags INTERFACE -Wno-array-bounds -Wno-restrict
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
if(CMAKE_BUILD_TYPE STREQUAL Release)
  target_compile_options(riposte_flags INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
endif()
target_compile_definitions(riposte_flags INTERFACE SPDLOG_FMT_EXTERNAL)
target_include_directories(riposte_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(RIPOSTE_SANITIZE)
  # Without the checks of every pointer before its use, a third of the build: what a null pointer leads
  # to AddressSanitizer tells as well.
  target_compile_options(riposte_flags INTERFACE -fsanitize=address,undefined
    -fno-sanitize=null,alignment,object-size -fno-sanitize-recover=all)
  target_link_options(riposte_flags INTERFACE -fsanitize=address,undefined)
endif()
target_link_libraries(riposte_flags INTERFACE Threads::Threads fmt::fmt Boost::json)

# Programs that serve use jemalloc: what one thread allocates and another frees is its trade. The
# sanitizers bring an allocator of their own.
add_library(riposte_allocator INTERFACE)
if(NOT RIPOSTE_SANITIZE)
  find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
  target_link_libraries(riposte_allocator INTERFACE ${JEMALLOC_LIBRARY})
endif()

if(RIPOSTE_PCH)
  # Not written again: whatever uses the header would be compiled again with each new file.
  if(NOT EXISTS ${CMAKE_BINARY_DIR}/pch.cc)
    file(WRITE ${CMAKE_BINARY_DIR}/pch.cc "")
  endif()
  add_library(riposte_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cc)
  target_link_libraries(riposte_pch PRIVATE riposte_flags)
  target_precompile_headers(riposte_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
endif()

# riposte_use_pch(<target>): what is compiled with the flags above may share the precompiled header.
function(riposte_use_pch target)
  if(RIPOSTE_PCH)
    target_precompile_headers(${target} REUSE_FROM riposte_pch)
  endif()
endfunction()

# riposte_folder(<path under src> DEPENDS <folders> LINK <libraries>)
#
# Builds src/<path>/*.cc (and testing/*.cc into the tests) as one library named after the path with
# underscores. Every *_test.cc on disk is in <name>_test: the list is a glob, so none is forgotten.
function(riposte_folder path)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${path}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz|soak|storm)\\.cc$|/main\\.cc$")
  list(TRANSFORM ARG_DEPENDS REPLACE "/" "_")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC riposte_flags ${ARG_DEPENDS} ${ARG_LINK})
    riposte_use_pch(${name})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE riposte_flags ${ARG_DEPENDS} ${ARG_LINK})
  endif()
  if(RIPOSTE_TESTS AND tests)
    file(GLOB helpers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${path}/testing/*.cc)
    add_executable(${name}_test ${tests} ${helpers})
    riposte_use_pch(${name}_test)
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gtest GTest::gtest_main)
    # What stands above a service is tested through the whole engine (app/testing/harness.h).
    if(path MATCHES "^(services/|bus|response|app)")
      target_link_libraries(${name}_test PRIVATE app_testing)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# riposte_embed_models(<target>): puts model/*.smithy into the target; see wire/embedded_models.h.
function(riposte_embed_models target)
  file(GLOB models CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/model/*.smithy)
  set(out ${CMAKE_BINARY_DIR}/embedded_models.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed_models.cmake)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DDIR=${CMAKE_SOURCE_DIR}/model -DOUT=${out} -P ${script}
    DEPENDS ${models} ${script} COMMENT "Embedding the service models")
  target_sources(${target} PRIVATE ${out})
endfunction()

# riposte_embed_runtimes(<target>): puts the bootstraps of src/functions/runtime into the target;
# see functions/embedded_runtimes.h.
function(riposte_embed_runtimes target)
  set(dir ${CMAKE_SOURCE_DIR}/src/functions/runtime)
  file(GLOB bootstraps CONFIGURE_DEPENDS ${dir}/bootstrap.*)
  set(out ${CMAKE_BINARY_DIR}/embedded_runtimes.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed_runtimes.cmake)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir} -DOUT=${out} -P ${script}
    DEPENDS ${bootstraps} ${script} COMMENT "Embedding the function runtimes")
  target_sources(${target} PRIVATE ${out})
endfunction()

# riposte_embed_sandbox(<target>): compiles what raises a sandbox from within, by itself and without
# sanitizers, and puts the program into the target; see functions/embedded_runtimes.h.
function(riposte_embed_sandbox target)
  set(source ${CMAKE_SOURCE_DIR}/src/functions/runtime/sandbox_init.cc)
  set(program ${CMAKE_BINARY_DIR}/sandbox_init)
  set(out ${CMAKE_BINARY_DIR}/embedded_sandbox.cc)
  add_custom_command(OUTPUT ${program}
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++23 -Os -static -s -fno-exceptions -fno-rtti -Wall -Wextra
      -Wpedantic -Werror -Wshadow -o ${program} ${source}
    DEPENDS ${source} COMMENT "Building what raises a sandbox from within")
  set(SANDBOX_PROGRAM ${program})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/embedded_sandbox.cc.in ${out} @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${program})
  target_sources(${target} PRIVATE ${out})
endfunction()

# riposte_embed_runbooks(<target>): puts packs/runbooks/*.yaml into the target; see
# services/ssm/shipped.h.
function(riposte_embed_runbooks target)
  file(GLOB runbooks CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/packs/runbooks/*.yaml)
  set(out ${CMAKE_BINARY_DIR}/embedded_runbooks.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed_runbooks.cmake)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DDIR=${CMAKE_SOURCE_DIR}/packs/runbooks -DOUT=${out} -P ${script}
    DEPENDS ${runbooks} ${script} COMMENT "Embedding the shipped runbooks")
  target_sources(${target} PRIVATE ${out})
endfunction()
