# Compresses files into a source file of a target: a const banyan::EmbeddedArchive named SYMBOL, which
# unpack_archive() (embed/archive.h) opens. FILES are relative to ROOT and keep that path in the archive.
function(banyan_embed target symbol root)
  set(archive ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.tar.gz)
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${root}/${file})
  endforeach()
  execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf ${archive} --format=gnutar "--mtime=2000-01-01 00:00:00" ${ARGN}
                  WORKING_DIRECTORY ${root} COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${archive} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/banyan_embed.cpp.in ${source} @ONLY)
  target_sources(${target} PRIVATE ${source})
  target_link_libraries(${target} PRIVATE banyan_embed)
endfunction()
