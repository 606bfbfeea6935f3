# make install: the compiler, its documents, and the CMake package that other projects find with find_package(Sinter).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Sinter")
configure_package_config_file(cmake/SinterConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/SinterConfig.cmake"
    INSTALL_DESTINATION "${package_dir}" PATH_VARS CMAKE_INSTALL_BINDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/SinterConfigVersion.cmake" COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(TARGETS sinter RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/SinterConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/SinterConfigVersion.cmake"
    cmake/SinterModel.cmake DESTINATION "${package_dir}")

# The manual page and the completions are what the program says of itself.
set(told "${CMAKE_CURRENT_BINARY_DIR}/share")
file(MAKE_DIRECTORY "${told}")
add_custom_command(TARGET sinter POST_BUILD
    COMMAND sinter --man > "${told}/sinter.1"
    COMMAND sinter --completion=bash > "${told}/sinter.bash"
    COMMAND sinter --completion=fish > "${told}/sinter.fish")
install(FILES "${told}/sinter.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES "${told}/sinter.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME sinter)
install(FILES "${told}/sinter.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")

install(FILES README.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/docs")
    install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md" PATTERN "*.html" PATTERN "*.png")
endif()
if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/examples")
    install(DIRECTORY examples DESTINATION "${CMAKE_INSTALL_DOCDIR}")
endif()
