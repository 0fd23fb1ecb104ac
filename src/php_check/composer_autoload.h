// Which file composer's autoloader reads for a class, as composer.json says (psr-4, psr-0, classmap; for development
// too).
//
// The problem: a code base may declare a class more than once, as old copies, tests and fallbacks do, and only composer
// knows which one PHP gets. So where a name has several declarations the one in the mapped file is taken. What is
// declared once is found wherever it stands, with a map or without.
//
// Installed packages say the same of themselves in vendor/composer/installed.json, from which one also learns what has
// to be read to know their classes and functions.
//
// Source: composer's schema, section "autoload", and what composer 1 and 2 write to installed.json. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace banyan::php {

class ComposerAutoload {
 public:
  // Maps nothing.
  ComposerAutoload() = default;
  // kInvalidArgument: not JSON, or a key of another type than composer's; the message says where.
  static Result<ComposerAutoload> parse(std::string_view composer_json);

  // Adds the packages of an installed.json. `vendor` is the folder they lie in, relative to the root ("vendor").
  Result<void> add_installed(std::string_view installed_json, std::string_view vendor);
  // Where the packages added so have their classes and functions: folders, with a final "/", and files. Sorted.
  const std::vector<std::string>& installed_paths() const { return installed_paths_; }
  // The folder composer.json wants packages in; "vendor" if it names none.
  const std::string& vendor() const { return vendor_; }
  // All of it as one text, the same for the same maps.
  std::string text() const;

  // How well `path`, relative to the root, answers for the class: 2 it is the very file a prefix maps the name to, 1 it
  // lies in a classmap, 0 neither. `class_name` as written, without a leading backslash.
  int rank(std::string_view class_name, std::string_view path) const;
  bool empty() const { return psr4_.empty() && psr0_.empty() && classmap_.empty(); }

 private:
  using Prefix = std::pair<std::string, std::string>;  // name and folder, which ends in "/" or is empty

  std::vector<Prefix> psr4_;
  std::vector<Prefix> psr0_;
  std::vector<std::string> classmap_;  // files, and folders with a final "/"
  std::vector<std::string> installed_paths_;
  std::string vendor_ = "vendor";

  Result<void> add(const json::Value& package, std::string_view section, std::string_view folder);
};

}  // namespace banyan::php
