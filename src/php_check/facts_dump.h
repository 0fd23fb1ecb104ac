// Facts as text, for people and tests: every file, class and function with all that is known about it.
#pragma once

#include <string>

#include "php_check/facts.h"

namespace banyan::php {

std::string dump_facts(const Facts& facts);

}  // namespace banyan::php
