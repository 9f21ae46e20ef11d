# The Swift modules, as static libraries.
enable_language(Swift)
set(CMAKE_Swift_LANGUAGE_VERSION 6)
set(CMAKE_Swift_MODULE_DIRECTORY ${CMAKE_BINARY_DIR}/swift)

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(OpenBLAS QUIET IMPORTED_TARGET openblas)
endif()

# The flags of Package.swift's `strict`, in the compiler's own words.
set(swift_options
  "$<$<CONFIG:Release>:-wmo>"
  -warnings-as-errors
  -strict-memory-safety
  "SHELL:-package-name swift_recurrent"
  "SHELL:-enable-upcoming-feature ExistentialAny"
  "SHELL:-enable-upcoming-feature InternalImportsByDefault"
  "SHELL:-enable-upcoming-feature MemberImportVisibility"
  "SHELL:-enable-experimental-feature Lifetimes")

# A Swift module from the folder of its sources.
function(recurrent_add_module target module)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS Sources/${module}/*.swift)
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES Swift_MODULE_NAME ${module})
  target_compile_options(${target} PRIVATE ${swift_options})
  target_include_directories(${target} PRIVATE ${CMAKE_Swift_MODULE_DIRECTORY})
endfunction()

recurrent_add_module(RecurrentSwift Recurrent)
target_include_directories(RecurrentSwift PUBLIC Sources/COpenBLAS)
target_link_libraries(RecurrentSwift PUBLIC CRecurrentKernels)
if(OpenBLAS_FOUND)
  target_link_libraries(RecurrentSwift PUBLIC PkgConfig::OpenBLAS)
else()
  target_link_libraries(RecurrentSwift PUBLIC openblas)
endif()

recurrent_add_module(RecurrentFormats RecurrentFormats)
target_link_libraries(RecurrentFormats PUBLIC RecurrentSwift)

if(BUILD_TESTING)
  # A program of some Swift files, of which one has an @main.
  function(recurrent_add_program name)
    add_executable(${name} ${ARGN})
    target_compile_options(${name} PRIVATE -parse-as-library)
    target_include_directories(${name} PRIVATE ${CMAKE_Swift_MODULE_DIRECTORY})
    target_link_libraries(${name} PRIVATE RecurrentSwift)
  endfunction()

  recurrent_add_program(streaming Examples/Sources/Streaming/Streaming.swift)
  add_test(NAME streaming-example COMMAND streaming)
  recurrent_add_program(bits Tests/Installed/Bits.swift)  # what other languages must print, too: see .ci/installed
endif()
