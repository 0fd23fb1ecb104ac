# Fills in build_version.cpp.in: cmake -DSOURCE= -DOUTPUT= -DVERSION= -DBUILD_TYPE= -DSANITIZE= -P write_version.cmake
execute_process(COMMAND git rev-parse --short=12 HEAD OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(COMMIT "unknown")  # a source archive has no history
endif()
configure_file(${SOURCE} ${OUTPUT} @ONLY)  # leaves the file alone when nothing changed
