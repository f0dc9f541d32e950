# Turns a text file into C: `const char NAME[]`, ending in '\0'.
#
#   cmake -DIN=dsl.lua -DOUT=dsl_lua.c -DNAME=dsl_lua -P EmbedText.cmake
#
# OUT is only touched when its content changes, so nothing is rebuilt for nothing.
foreach(argument IN ITEMS IN OUT NAME)
    if(NOT DEFINED ${argument})
        message(FATAL_ERROR "EmbedText.cmake: -D${argument}=... is missing")
    endif()
endforeach()

file(READ "${IN}" bytes HEX)
string(REPEAT "[0-9a-f]" 32 line) # sixteen bytes
string(REGEX REPLACE "(${line})" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
get_filename_component(source "${IN}" NAME)

set(text "/* Made from ${source} by EmbedText.cmake. */\n")
string(APPEND text "extern const char ${NAME}[];\n")
string(APPEND text "const char ${NAME}[] = {\n    ${bytes}0x00};\n")

set(before "")
if(EXISTS "${OUT}")
    file(READ "${OUT}" before)
endif()
if(NOT before STREQUAL text)
    file(WRITE "${OUT}" "${text}")
endif()
