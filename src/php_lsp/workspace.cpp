#include "php_lsp/workspace.h"

#include <dirent.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <optional>

namespace banyan::php {

namespace {

std::optional<std::string> file_text(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return std::nullopt;
  std::string text;
  char buffer[65536];
  std::size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, n);
    if (text.size() > Workspace::kFileBytesMax) return std::nullopt;
  }
  if (std::ferror(file.get()) != 0) return std::nullopt;
  return text;
}

bool is_skipped(const std::string& name) { return name.starts_with('.') || name == "node_modules"; }

}  // namespace

void Workspace::index(std::vector<std::string> folders) {
  stop();
  stopping_ = false;
  reader_ = std::thread([this, folders = std::move(folders)] { read_folders(folders); });
}

void Workspace::stop() {
  stopping_ = true;
  wait();
}

void Workspace::wait() {
  if (reader_.joinable()) reader_.join();
}

void Workspace::read_folders(const std::vector<std::string>& folders) {
  std::size_t count = 0;
  for (const std::string& folder : folders) {
    if (!read_folder(folder, count)) return;
  }
}

bool Workspace::read_folder(const std::string& folder, std::size_t& count) {
  std::vector<std::string> open = {folder};
  while (!open.empty()) {
    const std::string path = open.back();
    open.pop_back();
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(path.c_str()), closedir);
    if (entries == nullptr) continue;
    while (const dirent* const entry = readdir(entries.get())) {
      if (stopping_ || count >= kFilesMax) return false;
      const std::string name = entry->d_name;
      const std::string full = path + "/" + name;
      struct stat status{};
      if (is_skipped(name) || lstat(full.c_str(), &status) != 0) continue;
      if (S_ISDIR(status.st_mode)) open.push_back(full);
      if (!S_ISREG(status.st_mode) || !name.ends_with(".php")) continue;
      read_file(full);
      ++count;
    }
  }
  return true;
}

void Workspace::read_file(const std::string& path) {
  std::optional<std::string> text = file_text(path);
  const std::lock_guard lock(mutex_);
  if (open_.contains(path)) return;
  if (text) {
    project_.set_file(fact_path(path), *std::move(text));
  } else {
    project_.remove_file(fact_path(path));
  }
  changed_ = true;
}

void Workspace::set_open(const std::string& path, std::string text) {
  const std::lock_guard lock(mutex_);
  open_.insert(path);
  project_.set_file(fact_path(path), std::move(text));
  changed_ = true;
}

void Workspace::set_closed(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    open_.erase(path);
  }
  read_file(path);
}

void Workspace::reread(const std::string& path) { read_file(path); }

std::string Workspace::text_of(const std::string& path) const { return file_text(path).value_or(""); }

}  // namespace banyan::php
