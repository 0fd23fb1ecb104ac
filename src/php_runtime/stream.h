// Streams as PHP keeps them, after https://www.php.net/manual/en/book.stream.php and their observable behaviour: a
// place, a flag of the end that reading sets, and what was read ahead, in pieces of kChunkBytes.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "php_runtime/value.h"

namespace banyan::php_runtime {

class Folder;
class FileSource;

// What a stream reads from and writes to.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  // How many bytes were read or written; -1 with errno, which is 0 for what is refused without a word.
  virtual ssize_t read(char* out, std::size_t size) = 0;
  virtual ssize_t write(std::string_view bytes) = 0;
  // Whether reading gave less than was asked for, so that the end is known.
  virtual bool is_short() const { return false; }
  // The new place; nothing where that fails, when `place` is what PHP takes it for.
  virtual bool seek(Int offset, int whence, Int& place) = 0;
  virtual bool can_truncate() const { return true; }
  virtual bool truncate(Int size) = 0;
  virtual bool stat(struct stat& out) const = 0;
  virtual FileSource* file() { return nullptr; }  // where it is a descriptor
};

// A descriptor.
class FileSource : public StreamSource {
 public:
  // It is closed with the source where that owns it.
  FileSource(int fd, int flags, bool owned = true) : fd_(fd), flags_(flags), owned_(owned) {}
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ssize_t read(char* out, std::size_t size) override;
  ssize_t write(std::string_view bytes) override;
  bool seek(Int offset, int whence, Int& place) override;
  bool truncate(Int size) override;
  bool stat(struct stat& out) const override;
  FileSource* file() override { return this; }
  int fd() const { return fd_; }
  bool is_mapped() const;                               // whether PHP would map the file into memory
  void be_standard(int number) { standard_ = number; }  // 0 input, 1 output, 2 error
  int standard() const { return standard_; }            // -1: none of them

 private:
  int fd_, flags_;
  bool owned_;
  int standard_ = -1;
};

constexpr std::size_t kChunkBytes = 8192;

class Stream {
 public:
  explicit Stream(std::unique_ptr<StreamSource> source);
  explicit Stream(std::unique_ptr<Folder> folder);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Up to `size` bytes; false where reading failed at once.
  bool read(std::string_view function, std::size_t size, std::string& out);
  // To the end, or `most` bytes where that is not negative.
  std::string rest(std::string_view function, Int most);
  // To the end of a line, or `most` bytes where that is not negative; nothing where there is no more.
  std::optional<std::string> line(std::string_view function, Int most);
  // To an ending, which is left out, or `most` bytes.
  std::optional<std::string> record(std::string_view function, std::size_t most, std::string_view ending);
  // How many bytes were written; nothing where none could be.
  std::optional<Int> write(std::string_view function, std::string_view bytes);
  bool seek(std::string_view function, Int offset, Int whence);
  // Reads to the end, or `most` bytes where that is not negative, and hands pieces on until one is refused. What is
  // left of a plain file from the beginning of a page PHP maps into memory, which leaves the end unnoticed.
  template <class Put>
  void send(std::string_view function, Int most, Put put) {
    const std::size_t piece = begin_send(most);
    std::string bytes;
    while (most != 0) {
      const std::size_t size = most < 0 ? piece : std::min(piece, static_cast<std::size_t>(most));
      bytes.clear();
      read(function, size, bytes);
      if (bytes.empty() || !put(std::string_view(bytes))) return;
      if (most > 0) most -= static_cast<Int>(bytes.size());
    }
  }
  bool is_at_end() const { return ahead_.size() == begin_ && has_ended; }
  std::size_t unread() const { return ahead_.size() - begin_; }
  StreamSource& source() const { return *source_; }
  Folder* folder() const { return folder_.get(); }  // null: a stream of bytes

  Int place = 0;  // -1 where PHP does not know it
  bool has_ended = false;
  bool is_seekable = false;
  bool is_whole = false;   // reads until it has all that is asked for
  bool is_direct = false;  // reads nothing ahead but for lines
  std::string uri, mode;
  std::string_view wrapper, type;

 private:
  bool fill(std::string_view function, std::size_t size);
  bool read_piece(std::string_view function, std::size_t size);
  std::string_view take(std::size_t size);
  std::string_view ahead() const { return std::string_view(ahead_).substr(begin_); }
  void forget_ahead();
  std::size_t begin_send(Int& most) const;

  std::unique_ptr<StreamSource> source_;
  std::unique_ptr<Folder> folder_;
  std::string ahead_;  // what was read, of which the first `begin_` bytes are taken
  std::size_t begin_ = 0;
};

// What a path names; null, with warnings, where it cannot be opened.
std::unique_ptr<Stream> make_stream(std::string_view function, const String& path, const String& mode);
// The same, counted as a resource for the time of a call.
std::unique_ptr<Stream> open_counted(std::string_view function, const String& path, std::string_view mode);
// Standard input, output or error by its number, read and written by a descriptor.
std::unique_ptr<Stream> open_standard(int fd, int number, std::string_view mode, std::string_view uri);
std::unique_ptr<Stream> file_stream(std::unique_ptr<FileSource> source);

}  // namespace banyan::php_runtime
