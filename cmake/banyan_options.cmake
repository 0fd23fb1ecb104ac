# Flags every target of Banyan shares. Third-party headers are included as system headers, so warnings are ours alone.
add_library(banyan_options INTERFACE)
target_compile_options(banyan_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Werror -Wno-missing-field-initializers
  -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_link_libraries(banyan_options INTERFACE Threads::Threads)
if(BANYAN_SANITIZE)
  add_compile_options(-fsanitize=${BANYAN_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${BANYAN_SANITIZE})
endif()
if(BANYAN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
find_program(BANYAN_LLD ld.lld-19)
if(BANYAN_LLD)
  add_link_options(--ld-path=${BANYAN_LLD})
endif()
# A library linked statically by name, taken from the system's packages; never searched for dynamically in a release.
# What is written in C has unwind tables there that nobody reads, a twentieth of the program: a release leaves them out.
# CXX keeps them for a library that throws.
#
# UNCALLED names functions that a library calls only with settings which Banyan never makes: a release has nothing of
# them (the calls are made weak, so nothing is linked for them). UNREAD names an object of the library whose tables are
# read by those functions alone: there they are zeros, which take no room in a file.
function(banyan_system_library target archive)
  cmake_parse_arguments(arg "CXX" "UNREAD" "UNCALLED" ${ARGN})
  add_library(${target} INTERFACE)
  if(NOT BANYAN_STATIC)
    target_link_libraries(${target} INTERFACE ${archive} ${arg_UNPARSED_ARGUMENTS})
    return()
  endif()
  set(file lib${archive}.a)
  if(NOT arg_CXX AND CMAKE_OBJCOPY)
    find_library(BANYAN_ARCHIVE_${archive} ${file})
    if(BANYAN_ARCHIVE_${archive})
      set(slim ${CMAKE_BINARY_DIR}/slim/${file})
      file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/slim)
      list(TRANSFORM arg_UNCALLED PREPEND --weaken-symbol=)
      execute_process(COMMAND ${CMAKE_OBJCOPY} --remove-section=.eh_frame --remove-section=.rela.eh_frame
                              ${arg_UNCALLED} ${BANYAN_ARCHIVE_${archive}} ${slim} COMMAND_ERROR_IS_FATAL ANY)
      if(arg_UNREAD)
        banyan_clear_tables(${slim} ${arg_UNREAD})
      endif()
      set(file ${slim})
    endif()
  endif()
  target_link_libraries(${target} INTERFACE ${file} ${arg_UNPARSED_ARGUMENTS})
endfunction()
# Makes the constants of an archive's object zeros: its .rodata becomes a .bss, without contents (type 8, SHT_NOBITS).
function(banyan_clear_tables archive object)
  foreach(command "${CMAKE_AR};x;${archive};${object}"
                  "${CMAKE_OBJCOPY};--set-section-type=.rodata=8;--set-section-flags=.rodata=alloc;${object}"
                  "${CMAKE_OBJCOPY};--rename-section=.rodata=.bss;${object}"
                  "${CMAKE_AR};r;${archive};${object}")
    execute_process(COMMAND ${command} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/slim COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endfunction()
banyan_system_library(openssl_crypto crypto)
banyan_system_library(openssl_ssl ssl openssl_crypto)
banyan_system_library(c_ares cares)
banyan_system_library(zlib z)
banyan_system_library(brotli_common brotlicommon)
# Qualities 0, 10 and 11: filters/encoder.cpp asks for 1 to 5.
banyan_system_library(brotli_encoder brotlienc brotli_common UNREAD encoder_dict.c.o
  UNCALLED BrotliCompressFragmentFast BrotliCreateHqZopfliBackwardReferences BrotliCreateZopfliBackwardReferences
           BrotliInitZopfliNodes BrotliZopfliComputeShortestPath BrotliZopfliCreateCommands)
banyan_system_library(brotli_decoder brotlidec brotli_common)
# The strategies of levels from 11 on: filters/encoder.cpp asks for 1 to 4. And the formats from before RFC 8878:
# answers/content_coding.cpp looks for those of the RFC itself.
set(zstd_legacy_calls ZBUFFv0@_createDCtx ZBUFFv0@_decompressContinue ZBUFFv0@_decompressInitDictionary
  ZBUFFv0@_freeDCtx ZSTDv0@_createDCtx ZSTDv0@_decompress_usingDict ZSTDv0@_findFrameSizeInfoLegacy ZSTDv0@_freeDCtx
  ZSTDv0@_getFrameParams)
foreach(version 5 6 7)
  string(REPLACE @ ${version} calls "${zstd_legacy_calls}")
  list(APPEND zstd_uncalled ${calls})
endforeach()
banyan_system_library(zstd_lib zstd
  UNCALLED ZSTD_updateTree ZSTD_compressBlock_btopt ZSTD_compressBlock_btopt_dictMatchState
           ZSTD_compressBlock_btopt_extDict ZSTD_compressBlock_btultra ZSTD_compressBlock_btultra_dictMatchState
           ZSTD_compressBlock_btultra_extDict ZSTD_compressBlock_btultra2 ${zstd_uncalled})
banyan_system_library(nghttp2_lib nghttp2)
banyan_system_library(xx_hash xxhash)
banyan_system_library(sodium_lib sodium)
banyan_system_library(sqlite sqlite3 m)
banyan_system_library(crypt_lib crypt)
banyan_system_library(re2_lib re2 CXX)
banyan_system_library(pcre2_lib pcre2-8)
