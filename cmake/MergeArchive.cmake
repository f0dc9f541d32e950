# Adds the members of one static library to another, so that who links it needs one file less.
#
#   cmake -DAR=ar -DFROM=libjansson.a -DINTO=libperigee_runtime.a -P MergeArchive.cmake
foreach(argument IN ITEMS AR FROM INTO)
    if(NOT DEFINED ${argument})
        message(FATAL_ERROR "MergeArchive.cmake: -D${argument}=... is missing")
    endif()
endforeach()

set(folder "${INTO}.members")
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
execute_process(COMMAND "${AR}" x "${FROM}" WORKING_DIRECTORY "${folder}" COMMAND_ERROR_IS_FATAL ANY)
file(GLOB members "${folder}/*.o")
execute_process(COMMAND "${AR}" rcs "${INTO}" ${members} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE "${folder}")
