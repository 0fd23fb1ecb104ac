#include "php_check/builtin_effects.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

struct EffectRow {
  Effects effects;
  std::string_view names;
};

// Names with a space between; one that ends in "*" stands for all that begin so.
constexpr EffectRow kEffectRows[] = {
    {kEffectOutput,
     "printf vprintf print_r var_dump var_export debug_zval_refcount ob_* flush output_add_rewrite_var "
     "output_reset_rewrite_vars phpinfo phpcredits php_sapi_name headers_sent header header_remove header_register_* "
     "headers_list http_response_code setcookie setrawcookie debug_print_backtrace highlight_file show_source "
     "highlight_string readfile fpassthru passthru gzpassthru readgzfile"},
    {kEffectFileRead,
     "file file_get_contents fopen fread fgets fgetc fgetcsv fscanf feof ftell fseek rewind fstat fpassthru readfile "
     "file_exists is_file is_dir is_link is_readable is_writable is_writeable is_executable filemtime fileatime "
     "filectime filesize fileperms fileowner filegroup fileinode filetype stat lstat clearstatcache realpath* readlink "
     "linkinfo opendir readdir closedir rewinddir scandir dir glob getcwd parse_ini_file md5_file sha1_file hash_file "
     "hash_hmac_file getimagesize gzopen gzfile readgzfile gzread gzgets gzgetc gzeof exif_* finfo_* "
     "mime_content_type disk_free_space disk_total_space diskfreespace fnmatch php_strip_whitespace highlight_file "
     "show_source simplexml_load_file stream_get_contents stream_get_line stream_get_meta_data stream_select "
     "stream_copy_to_stream is_uploaded_file imagecreatefrom* bzopen bzread zip_* readline* getmyinode getlastmod"},
    {kEffectFileWrite,
     "file_put_contents fopen fwrite fputs fputcsv fflush ftruncate flock fclose fsync fdatasync unlink rename copy "
     "mkdir rmdir touch chmod chown chgrp lchown lchgrp symlink link tempnam tmpfile move_uploaded_file umask chdir "
     "chroot gzwrite gzputs bzwrite error_log stream_set_* stream_filter_* ftok imagepng imagejpeg imagegif imagewebp "
     "imageavif imagebmp imagewbmp imagexbm imagegd imagegd2"},
    {kEffectNetwork,
     "fsockopen pfsockopen stream_socket_* gethostby* getmxrr dns_* checkdnsrr gethostname curl_exec curl_multi_exec "
     "curl_multi_select mail mb_send_mail ftp_* ldap_* imap_* socket_* soap_* openlog syslog closelog snmp* "
     "get_headers get_meta_tags"},
    {kEffectDatabase, "mysqli_* mysql_* pg_* sqlite_* sqlite3_* odbc_* oci_* dba_*"},
    {kEffectProcess,
     "exec shell_exec system passthru popen pclose proc_* pcntl_* posix_* escapeshell* getmypid getmyuid getmygid "
     "get_current_user sem_* shm_* shmop_* msg_* connection_* ignore_user_abort"},
    {kEffectSession, "session_*"},
    {kEffectTime,
     "time microtime hrtime date gmdate idate getdate localtime mktime gmmktime strtotime date_create "
     "date_create_immutable strftime gmstrftime uniqid gettimeofday sleep usleep time_nanosleep time_sleep_until "
     "date_sun* getrusage sys_getloadavg memory_get_* memory_reset_peak_usage gc_*"},
    {kEffectRandom,
     "rand mt_rand random_int random_bytes lcg_value shuffle array_rand str_shuffle uniqid mt_srand srand "
     "openssl_random_pseudo_bytes password_hash crypt sodium_crypto_*_keygen sodium_crypto_*_keypair gmp_random*"},
    {kEffectSetting,
     "ini_set ini_alter ini_restore ini_get ini_get_all set_time_limit setlocale putenv getenv set_error_handler "
     "restore_error_handler set_exception_handler restore_exception_handler error_reporting "
     "register_shutdown_function date_default_timezone_set date_default_timezone_get mb_internal_encoding "
     "mb_substitute_character mb_language mb_regex_encoding mb_http_output mb_detect_order iconv_set_encoding "
     "libxml_use_internal_errors libxml_disable_entity_loader libxml_set_* assert_options set_include_path "
     "get_include_path spl_autoload* bindtextdomain textdomain bind_textdomain_codeset trigger_error user_error "
     "error_clear_last error_get_last opcache_* gc_enable gc_disable get_cfg_var sys_get_temp_dir php_uname phpversion "
     "cli_set_process_title locale_set_default bcscale json_last_error* preg_last_error* register_tick_function "
     "unregister_tick_function stream_wrapper_* stream_context_set_default php_ini_*"},
    {kEffectDynamicCode,
     "eval create_function extract parse_str mb_parse_str compact get_defined_vars call_user_func call_user_func_array "
     "forward_static_call forward_static_call_array func_get_args func_get_arg func_num_args constant define assert "
     "class_alias dl unserialize"},
    {kEffectReflection,
     "debug_backtrace debug_zval_refcount get_defined_functions get_declared_* get_defined_constants "
     "get_loaded_extensions get_included_files get_required_files get_resources get_class_methods get_class_vars "
     "get_object_vars get_mangled_object_vars token_get_all token_name get_called_class"},
};

constexpr std::pair<std::string_view, Effects> kExtensionEffects[] = {
    {"curl", 0},
    {"ffi", kEffectDynamicCode},
    {"phar", kEffectFileRead | kEffectFileWrite},
    {"pdo", kEffectDatabase},
    {"pdo_sqlite", kEffectDatabase},
    {"pdo_mysql", kEffectDatabase},
    {"pdo_pgsql", kEffectDatabase},
    {"sqlite3", kEffectDatabase},
    {"mysqli", kEffectDatabase},
    {"pgsql", kEffectDatabase},
    {"soap", kEffectNetwork},
    {"ldap", kEffectNetwork},
    {"imap", kEffectNetwork},
    {"ftp", kEffectNetwork},
    {"sockets", kEffectNetwork},
    {"reflection", kEffectReflection},
    {"session", kEffectSession},
    {"zip", kEffectFileRead | kEffectFileWrite},
    {"xmlreader", kEffectFileRead},
};

constexpr std::pair<std::string_view, Effects> kClassEffects[] = {
    {"splfileobject", kEffectFileRead | kEffectFileWrite},
    {"spltempfileobject", kEffectFileRead | kEffectFileWrite},
    {"splfileinfo", kEffectFileRead},
    {"directory", kEffectFileRead},
    {"directoryiterator", kEffectFileRead},
    {"filesystemiterator", kEffectFileRead},
    {"recursivedirectoryiterator", kEffectFileRead},
    {"globiterator", kEffectFileRead},
    {"datetime", kEffectTime},
    {"datetimeimmutable", kEffectTime},
};

// Without a like in our runtimes: the machinery of PHP itself, and extensions nobody else has.
constexpr std::string_view kNoTwinExtensions[] = {
    "ffi",  "reflection", "tokenizer", "readline", "phar",         "shmop", "sysvmsg",  "sysvsem", "sysvshm", "imap",
    "tidy", "soap",       "xsl",       "gd",       "zend opcache", "ldap",  "calendar", "gettext", "xmlrpc",  "exif"};
constexpr std::string_view kNoTwin =
    " dl debug_zval_refcount debug_backtrace debug_print_backtrace get_defined_vars get_defined_functions "
    "get_declared_classes get_declared_interfaces get_declared_traits get_defined_constants get_resources "
    "get_resource_id gc_collect_cycles gc_enable gc_disable gc_enabled gc_mem_caches gc_status highlight_file "
    "highlight_string show_source php_strip_whitespace phpinfo phpcredits php_ini_loaded_file php_ini_scanned_files "
    "get_included_files get_required_files get_loaded_extensions get_extension_funcs zend_version "
    "assert_options stream_wrapper_register stream_wrapper_unregister stream_wrapper_restore stream_filter_register "
    "register_tick_function unregister_tick_function forward_static_call forward_static_call_array getmyinode "
    "getlastmod getmyuid getmygid php_uname cli_set_process_title utf8_encode utf8_decode create_function ";

struct TaintRow {
  std::uint32_t traits;
  std::uint8_t argument;
  std::string_view names;
};

constexpr TaintRow kTaintRows[] = {
    {kTaintSource, 0, "getallheaders apache_request_headers filter_input filter_input_array"},
    {kTaintSinkSql, 1,
     "mysqli_query mysqli_real_query mysqli_multi_query mysqli_prepare mysqli_execute_query pg_query pg_send_query "
     "pg_prepare"},
    {kTaintSinkSql, 0, "mysql_query mysql_unbuffered_query sqlite_query"},
    {kTaintSinkShell, 0, "exec shell_exec system passthru popen proc_open pcntl_exec"},
    {kTaintSinkCode, 0, "create_function assert call_user_func call_user_func_array"},
    {kTaintSinkUnserialize, 0, "unserialize"},
    {kTaintSinkHtml, 0, "print_r printf vprintf var_dump"},
    {kTaintSinkPath, 0,
     "fopen file_get_contents file_put_contents file readfile unlink rmdir mkdir rename copy opendir scandir "
     "parse_ini_file move_uploaded_file symlink touch chmod simplexml_load_file gzopen highlight_file show_source"},
    {kTaintSinkHeader, 0, "header"},
    {kCleansHtml, 0, "htmlspecialchars htmlentities strip_tags urlencode rawurlencode http_build_query json_encode"},
    {kCleansSql, 0,
     "mysqli_real_escape_string mysqli_escape_string mysql_real_escape_string pg_escape_string pg_escape_literal "
     "pg_escape_identifier addslashes sqlite_escape_string"},
    {kCleansShell, 0, "escapeshellarg escapeshellcmd"},
    {kCleansPath, 0, "basename"},
    {kCleansAll, 0,
     "md5 sha1 hash hash_hmac crc32 password_hash password_verify intval floatval doubleval boolval count sizeof "
     "strlen "
     "mb_strlen strcmp strcasecmp strpos stripos strrpos in_array is_* ctype_* isset bin2hex dechex abs ceil floor "
     "round ord base64_encode preg_match preg_match_all version_compare array_key_exists function_exists gettype "
     "number_format uniqid time date gmdate strtotime crypt random_bytes mb_detect_encoding similar_text "
     "levenshtein soundex metaphone substr_count array_sum array_product spl_object_id spl_object_hash method_exists "
     "class_exists defined file_exists checkdate mktime"},
};

constexpr std::pair<std::string_view, std::string_view> kThrows[] = {
    {"array_combine", "valueerror"},
    {"array_fill", "valueerror"},
    {"array_rand", "valueerror"},
    {"constant", "error"},
    {"intdiv", "arithmeticerror"},
    {"max", "valueerror"},
    {"min", "valueerror"},
    {"mysqli_connect", "mysqli_sql_exception"},
    {"mysqli_prepare", "mysqli_sql_exception"},
    {"mysqli_query", "mysqli_sql_exception"},
    {"random_bytes", "random\\randomexception"},
    {"random_int", "random\\randomexception"},
    {"range", "valueerror"},
    {"str_repeat", "valueerror"},
    {"str_split", "valueerror"},
};

using Index = std::unordered_map<std::string, std::size_t>;

template <class Use>
void for_each_name(std::string_view names, const Index& index, const std::vector<BuiltinFunction>& functions, Use use) {
  while (!names.empty()) {
    const std::size_t space = std::min(names.find(' '), names.size());
    const std::string_view name = names.substr(0, space);
    names.remove_prefix(std::min(space + 1, names.size()));
    if (name.empty()) continue;
    const std::size_t star = name.find('*');
    if (star == std::string_view::npos) {
      const auto found = index.find(std::string(name));
      if (found != index.end()) use(found->second);
      continue;
    }
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const std::string key = lowered(functions[i].name);
      const bool fits = key.starts_with(name.substr(0, star)) && key.ends_with(name.substr(star + 1));
      if (fits && key.size() + 1 >= name.size()) use(i);
    }
  }
}

Effects extension_effects(std::string_view extension) {
  for (const auto& [name, effects] : kExtensionEffects) {
    if (name == extension) return effects;
  }
  return 0;
}

bool has_twin(const BuiltinFunction& function) {
  const auto* const end = std::end(kNoTwinExtensions);
  if (std::find(std::begin(kNoTwinExtensions), end, function.extension) != end) return false;
  return kNoTwin.find(" " + lowered(function.name) + " ") == std::string_view::npos;
}

}  // namespace

void apply_builtin_effects(std::vector<BuiltinFunction>& functions) {
  Index index;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    BuiltinFunction& one = functions[i];
    index.emplace(lowered(one.name), i);
    one.effects = extension_effects(one.extension);
    one.has_native_twin = has_twin(one);
  }
  for (const auto& [name, thrown] : kThrows) {
    const auto found = index.find(std::string(name));
    if (found != index.end()) functions[found->second].throws = thrown;
  }
  for (const EffectRow& row : kEffectRows) {
    for_each_name(row.names, index, functions, [&](std::size_t i) { functions[i].effects |= row.effects; });
  }
  for (const TaintRow& row : kTaintRows) {
    for_each_name(row.names, index, functions, [&](std::size_t i) {
      functions[i].taint |= row.traits;
      if ((row.traits & (kTaintSinkSql | kTaintSinkShell)) != 0) functions[i].sink_argument = row.argument;
    });
  }
}

Effects effects_of_builtin_class(std::string_view name, std::string_view extension) {
  const std::string key = lowered(name);
  for (const auto& [known, effects] : kClassEffects) {
    if (known == key) return effects;
  }
  return extension_effects(extension);
}

}  // namespace banyan::php
