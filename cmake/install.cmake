# What `cmake --install` installs, in three components:
#
#   runtime   the shared library
#   devel     headers, the static library, files for find_package and pkg-config
#   doc       documentation and licences
#
# The prefix is not written into any file: an installed tree may be moved. --strip strips both libraries; who packages
# the symbols apart installs without it.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(sipfailover_packaged "${CMAKE_CURRENT_BINARY_DIR}/package")

# ---- libraries ---------------------------------------------------------------------------------

install(PROGRAMS "${sipfailover_shared}" RENAME "libsipfailover.so.${PROJECT_VERSION}"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime)
install(FILES "${sipfailover_static}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT devel)

# A link is installed as the link that it is.
function(sipfailover_install_link name to component)
  file(MAKE_DIRECTORY "${sipfailover_packaged}")
  execute_process(COMMAND "${CMAKE_COMMAND}" -E create_symlink "${to}" "${sipfailover_packaged}/${name}")
  install(FILES "${sipfailover_packaged}/${name}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component})
endfunction()
sipfailover_install_link(libsipfailover.so.${PROJECT_VERSION_MAJOR} libsipfailover.so.${PROJECT_VERSION} runtime)
sipfailover_install_link(libsipfailover.so libsipfailover.so.${PROJECT_VERSION_MAJOR} devel)

# CMake strips what it has built itself; the libraries are cargo's.
function(sipfailover_strip_installed name component)
  install(CODE "
    if(CMAKE_INSTALL_DO_STRIP)
      set(library \"${CMAKE_INSTALL_LIBDIR}/${name}\")
      if(NOT IS_ABSOLUTE \"\${library}\")
        set(library \"\${CMAKE_INSTALL_PREFIX}/\${library}\")
      endif()
      execute_process(COMMAND \"${CMAKE_STRIP}\" ${ARGN} \"\$ENV{DESTDIR}\${library}\" RESULT_VARIABLE failed)
      if(failed)
        message(FATAL_ERROR \"${CMAKE_STRIP} cannot strip \$ENV{DESTDIR}\${library}\")
      endif()
    endif()" COMPONENT ${component})
endfunction()
sipfailover_strip_installed(libsipfailover.so.${PROJECT_VERSION} runtime)
sipfailover_strip_installed(libsipfailover.a devel --strip-debug)

# ---- headers, find_package, pkg-config ---------------------------------------------------------

install(FILES include/sipfailover.h include/sipfailover.hpp DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT devel)

set(sipfailover_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/sipfailover")
configure_package_config_file(cmake/package/sipfailover-config.cmake.in
  "${sipfailover_packaged}/sipfailover-config.cmake" INSTALL_DESTINATION "${sipfailover_config_dir}"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
# Versions 0.x may change the interface with every second number.
write_basic_package_version_file("${sipfailover_packaged}/sipfailover-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${sipfailover_packaged}/sipfailover-config.cmake"
  "${sipfailover_packaged}/sipfailover-config-version.cmake"
  DESTINATION "${sipfailover_config_dir}" COMPONENT devel)

# Directories of their own, outside of the prefix, are named as they are; else by the way from the .pc file.
set(sipfailover_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(sipfailover_pc_prefix "${CMAKE_INSTALL_PREFIX}")
  set(sipfailover_pc_libdir "${CMAKE_INSTALL_LIBDIR}")
else()
  file(RELATIVE_PATH sipfailover_pc_prefix "/${sipfailover_pc_dir}" "/")
  string(REGEX REPLACE "/$" "" sipfailover_pc_prefix "\${pcfiledir}/${sipfailover_pc_prefix}")
  set(sipfailover_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
set(sipfailover_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(sipfailover_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
# pkg-config escapes blanks in ${pcfiledir} itself, but nothing else.
foreach(name IN ITEMS prefix libdir includedir)
  string(REPLACE " " "\\ " sipfailover_pc_${name} "${sipfailover_pc_${name}}")
endforeach()
list(TRANSFORM sipfailover_system_libraries PREPEND "-l" OUTPUT_VARIABLE sipfailover_pc_private)
list(JOIN sipfailover_pc_private " " sipfailover_pc_private)
configure_file(cmake/package/sipfailover.pc.in "${sipfailover_packaged}/sipfailover.pc" @ONLY)
install(FILES "${sipfailover_packaged}/sipfailover.pc" DESTINATION "${sipfailover_pc_dir}" COMPONENT devel)

# ---- documentation -----------------------------------------------------------------------------

# In a firmware's build, the directory that CMake proposes is named after the firmware.
set(sipfailover_doc_dir "${CMAKE_INSTALL_DATAROOTDIR}/doc/sipfailover")
if(sipfailover_is_top_level)
  set(sipfailover_doc_dir "${CMAKE_INSTALL_DOCDIR}")
endif()
install(FILES README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE DESTINATION "${sipfailover_doc_dir}" COMPONENT doc)
install(DIRECTORY docs DESTINATION "${sipfailover_doc_dir}" COMPONENT doc PATTERN man EXCLUDE)
install(DIRECTORY examples DESTINATION "${sipfailover_doc_dir}" COMPONENT doc)

# A page for each subject, and one line for each function and type that leads there.
file(GLOB sipfailover_manuals CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/docs/man/*.3")
install(FILES ${sipfailover_manuals} DESTINATION "${CMAKE_INSTALL_MANDIR}/man3" COMPONENT doc)
foreach(manual IN LISTS sipfailover_manuals)
  get_filename_component(page "${manual}" NAME)
  file(STRINGS "${manual}" names REGEX "^sipfailover_[a-z]+, ")
  string(REGEX MATCHALL "sfo_[a-z_]+" names "${names}")
  foreach(name IN LISTS names)
    file(WRITE "${sipfailover_packaged}/man3/${name}.3" ".so man3/${page}\n")
    install(FILES "${sipfailover_packaged}/man3/${name}.3" DESTINATION "${CMAKE_INSTALL_MANDIR}/man3" COMPONENT doc)
  endforeach()
endforeach()
