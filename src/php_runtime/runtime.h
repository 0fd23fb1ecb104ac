// The whole of the runtime's core, for converted programs: they precompile it.
#pragma once

#include "php_runtime/array.h"
#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/generator.h"
#include "php_runtime/object.h"
#include "php_runtime/operators.h"
#include "php_runtime/params.h"
#include "php_runtime/place.h"
#include "php_runtime/program.h"
#include "php_runtime/returned.h"
#include "php_runtime/throwable.h"
#include "php_runtime/value.h"
