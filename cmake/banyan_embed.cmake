# Compresses files into a source file of a target: a const banyan::EmbeddedArchive named SYMBOL, which
# unpack_archive() (embed/archive.h) opens. FILES are relative to ROOT and keep that path in the archive.
#
# What is compressed is an index, a line "BYTES PATH" for each file, an empty line, and the files in that order: the
# same files are the same bytes, whoever packs them and when. Brotli takes a second for them, so it packs what changed.
find_program(BANYAN_BROTLI brotli)
if(NOT BANYAN_BROTLI)
  message(FATAL_ERROR "brotli is missing, which compresses files into the program; run tools/setup build "
                      "(package brotli)")
endif()
function(banyan_embed target symbol root)
  set(files ${ARGN})
  list(SORT files)
  set(index "")
  foreach(file ${files})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${root}/${file})
    file(SIZE ${root}/${file} bytes)
    string(APPEND index "${bytes} ${file}\n")
  endforeach()
  set(plain ${CMAKE_CURRENT_BINARY_DIR}/${symbol})
  file(WRITE ${plain}.index "${index}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${plain}.index ${files}
                  WORKING_DIRECTORY ${root} OUTPUT_FILE ${plain}.new COMMAND_ERROR_IS_FATAL ANY)
  file(COPY_FILE ${plain}.new ${plain} ONLY_IF_DIFFERENT)
  if(${plain} IS_NEWER_THAN ${plain}.br)
    execute_process(COMMAND ${BANYAN_BROTLI} --quality=11 --lgwin=24 --no-copy-stat --force --output=${plain}.part
                            ${plain} COMMAND_ERROR_IS_FATAL ANY)
    file(RENAME ${plain}.part ${plain}.br)
  endif()
  file(SIZE ${plain} size)
  file(READ ${plain}.br bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/banyan_embed.cpp.in ${source} @ONLY)
  target_sources(${target} PRIVATE ${source})
  target_link_libraries(${target} PRIVATE banyan_embed)
endfunction()
