# The same three programs for every way of finding the library. LINK: the target to link.

set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
add_compile_options(-Wall -Wextra -Wpedantic -Werror)
set(consumers "${CMAKE_CURRENT_LIST_DIR}")

add_executable(consumer_c99 "${consumers}/main.c")
set_target_properties(consumer_c99 PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)

# A copy: the language is a property of the file.
configure_file("${consumers}/main.c" "${CMAKE_CURRENT_BINARY_DIR}/main98.cpp" COPYONLY)
add_executable(consumer_cxx98 "${CMAKE_CURRENT_BINARY_DIR}/main98.cpp")
set_target_properties(consumer_cxx98 PROPERTIES CXX_STANDARD 98)

add_executable(consumer_cxx11 "${consumers}/main.cpp")
set_target_properties(consumer_cxx11 PROPERTIES CXX_STANDARD 11)

enable_testing()
foreach(program IN ITEMS consumer_c99 consumer_cxx98 consumer_cxx11)
  target_link_libraries(${program} PRIVATE ${LINK})
  if(WHOLLY_STATIC)
    target_link_options(${program} PRIVATE -static)
  endif()
  add_test(NAME ${program} COMMAND ${program})
endforeach()
