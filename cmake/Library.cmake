# librecurrent.so: recurrent.h, implemented in Swift. Of all that it is made of, it shows the functions of the header alone.
set(version_script ${PROJECT_SOURCE_DIR}/cmake/recurrent.map)

file(GLOB_RECURSE library_sources CONFIGURE_DEPENDS Sources/RecurrentC/*.swift)
add_library(recurrent SHARED ${library_sources})
set_target_properties(recurrent PROPERTIES
  Swift_MODULE_NAME RecurrentC
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${version_script})
target_compile_options(recurrent PRIVATE ${swift_options})
target_include_directories(recurrent
  PRIVATE ${CMAKE_Swift_MODULE_DIRECTORY}
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/Sources/CRecurrent/include>
         $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(recurrent PRIVATE RecurrentFormats)
# LLVM's linker, which comes with Swift: gold, Swift's usual one, goes on showing Swift's protected symbols.
target_link_options(recurrent PRIVATE -use-ld=lld "SHELL:-Xlinker --version-script=${version_script}")
if(RECURRENT_STATIC_SWIFT_RUNTIME)
  # RecurrentFormats reads JSON with FoundationEssentials, which does not name what it stands on itself. The linker minds
  # neither the order of archives nor, told so, what nobody asks for.
  target_link_options(recurrent PRIVATE -static-stdlib "SHELL:-Xlinker --gc-sections"
    -l_FoundationCollections -l_FoundationCShims)
endif()

if(BUILD_TESTING)
  find_package(Threads REQUIRED)
  set(strict_c -Wall -Wextra -Werror -pedantic)

  file(GLOB c_test_sources CONFIGURE_DEPENDS Tests/CTests/*.c)
  add_executable(c-tests ${c_test_sources})
  set_target_properties(c-tests PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)
  target_include_directories(c-tests PRIVATE Tests/CTests/include)
  target_compile_options(c-tests PRIVATE ${strict_c})
  target_link_libraries(c-tests PRIVATE recurrent Threads::Threads m)
  add_test(NAME c-interface COMMAND c-tests)

  # Of the same sources, not of librecurrent.so: that would bring a second copy of the module Recurrent into the program,
  # and among two copies of a type dynamic casts fail.
  recurrent_add_program(c-overhead Benchmarks/COverhead/COverhead.swift ${library_sources})
  target_compile_options(c-overhead PRIVATE ${swift_options})
  target_include_directories(c-overhead PRIVATE Sources/CRecurrent/include)
  target_link_libraries(c-overhead PRIVATE RecurrentFormats)
  add_test(NAME c-overhead COMMAND c-overhead)  # that both ways give the same bits; the times are for who reads them

  include(CheckLanguage)
  check_language(CXX)
  if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
    add_executable(header-is-c++ Tests/CTests/header.cpp)
    set_target_properties(header-is-c++ PROPERTIES CXX_STANDARD 11 CXX_EXTENSIONS OFF)
    target_compile_options(header-is-c++ PRIVATE ${strict_c})
    target_link_libraries(header-is-c++ PRIVATE recurrent)
    add_test(NAME header-is-c++ COMMAND header-is-c++)
  endif()

  add_test(NAME exports
    COMMAND ${PROJECT_SOURCE_DIR}/Tests/CTests/exports
      $<TARGET_FILE:recurrent> ${PROJECT_SOURCE_DIR}/Sources/CRecurrent/include/recurrent.h)
endif()
