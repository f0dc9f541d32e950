# find_package(perigee), then
#
#   perigee_add_trainer(TARGET MODEL.lua [OPTIONS --no-fuse ...])
#
# makes a custom target that compiles the model into a folder of its own, as `perigee build` does.
# The property PERIGEE_FOLDER of the target is that folder: it holds NAME.c and the trainer NAME.
get_filename_component(PERIGEE_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_program(PERIGEE_EXECUTABLE perigee HINTS "${PERIGEE_PREFIX}/bin" NO_DEFAULT_PATH REQUIRED)

function(perigee_add_trainer target model)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "OPTIONS")
    get_filename_component(model "${model}" ABSOLUTE)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.trainer")
    set(stamp "${folder}/.built")
    add_custom_command(
        OUTPUT "${stamp}"
        COMMAND "${PERIGEE_EXECUTABLE}" build "${model}" -o "${folder}" ${arg_OPTIONS}
        COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
        DEPENDS "${model}" "${PERIGEE_EXECUTABLE}"
        COMMENT "Compiling the model ${model}"
        VERBATIM)
    add_custom_target(${target} ALL DEPENDS "${stamp}")
    set_target_properties(${target} PROPERTIES PERIGEE_FOLDER "${folder}")
endfunction()
