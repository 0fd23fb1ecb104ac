// What was learnt about one file, as bytes: its declarations and the summaries of its functions. Private.
//
// Summaries name files by their place in the list of all files, so they hold only beside the same list (evaluation.h
// looks after that); declarations hold wherever the file's bytes are the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "php_check/declarations.h"
#include "php_check/evaluation.h"

namespace banyan::php {

struct LearntFile {
  std::shared_ptr<const FileDeclarations> declarations;
  std::vector<SummaryPointer> summaries;  // of each function of the file; empty where nothing was evaluated
};

std::string archived(const LearntFile& file);
// Nothing where the bytes are not whole. They are for the same build of the program.
std::optional<LearntFile> unarchived(std::string_view bytes);

}  // namespace banyan::php
