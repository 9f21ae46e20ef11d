# The library, its header, find_package(Recurrent CONFIG) with Recurrent::recurrent, and pkg-config's recurrent.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Recurrent)
install(TARGETS recurrent EXPORT RecurrentTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES Sources/CRecurrent/include/recurrent.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT RecurrentTargets NAMESPACE Recurrent:: DESTINATION ${package_folder})

configure_package_config_file(cmake/RecurrentConfig.cmake.in RecurrentConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(RecurrentConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/RecurrentConfig.cmake ${PROJECT_BINARY_DIR}/RecurrentConfigVersion.cmake
  DESTINATION ${package_folder})

# The file finds its prefix by its own place, so that an installed tree can be moved.
file(RELATIVE_PATH pkgconfig_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pkgconfig_to_prefix "${pkgconfig_to_prefix}")
configure_file(cmake/recurrent.pc.in recurrent.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/recurrent.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
