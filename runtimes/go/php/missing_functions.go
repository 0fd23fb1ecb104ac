package php

import "strings"

// Functions that PHP has by itself and this runtime has not, in lower case. A program that calls one of them by a name it
// computes stops, since it would go on with "not found" where PHP finds it.
var functionsOfPHP = " " +
	"array_multisort assert assert_options chdir checkdnsrr chgrp chmod chown chroot class_alias class_implements " +
	"class_parents class_uses cli_get_process_title cli_set_process_title closedir closelog " +
	"collator_asort collator_compare collator_create collator_get_attribute collator_get_error_code " +
	"collator_get_error_message collator_get_locale collator_get_sort_key collator_get_strength " +
	"collator_set_attribute collator_set_strength collator_sort collator_sort_with_sort_keys connection_aborted " +
	"connection_status convert_uudecode convert_uuencode crypt date_add date_create date_create_from_format " +
	"date_create_immutable date_create_immutable_from_format date_date_set date_diff date_format " +
	"date_get_last_errors date_interval_create_from_date_string date_interval_format date_isodate_set date_modify " +
	"date_offset_get date_parse date_parse_from_format date_sub date_sun_info date_sunrise date_sunset date_time_set " +
	"date_timestamp_get date_timestamp_set date_timezone_get date_timezone_set datefmt_create datefmt_format " +
	"datefmt_format_object datefmt_get_calendar datefmt_get_calendar_object datefmt_get_datetype " +
	"datefmt_get_error_code datefmt_get_error_message datefmt_get_locale datefmt_get_pattern datefmt_get_timetype " +
	"datefmt_get_timezone datefmt_get_timezone_id datefmt_is_lenient datefmt_localtime datefmt_parse " +
	"datefmt_set_calendar datefmt_set_lenient datefmt_set_pattern datefmt_set_timezone debug_backtrace " +
	"debug_print_backtrace debug_zval_dump deflate_add deflate_init dir disk_free_space disk_total_space " +
	"diskfreespace dl dns_check_record dns_get_mx dns_get_record enum_exists error_log escapeshellarg escapeshellcmd " +
	"exec fclose fdatasync feof fflush fgetc fgetcsv fgets " +
	"fileatime filectime filegroup fileinode fileowner fileperms filetype filter_has_var " +
	"filter_id filter_input filter_input_array filter_list filter_var_array flock fnmatch fopen " +
	"forward_static_call forward_static_call_array fpassthru fprintf fputcsv fputs fread fscanf fseek fsockopen " +
	"fstat fsync ftell ftok ftruncate fwrite gc_enabled gc_mem_caches gc_status get_browser get_called_class " +
	"get_cfg_var get_class get_class_methods get_class_vars get_current_user get_declared_classes " +
	"get_declared_interfaces get_declared_traits get_defined_constants get_defined_functions get_extension_funcs " +
	"get_headers get_html_translation_table get_include_path get_included_files get_loaded_extensions " +
	"get_mangled_object_vars get_meta_tags get_required_files get_resource_id get_resource_type get_resources " +
	"gethostbyaddr gethostbyname gethostbynamel gethostname getimagesize getimagesizefromstring getlastmod " +
	"getmxrr getmygid getmyinode getmypid getmyuid getopt getprotobyname getprotobynumber getrusage getservbyname " +
	"getservbyport gettimeofday glob gmstrftime gzclose gzcompress gzdecode gzdeflate gzencode gzeof gzfile gzgetc " +
	"gzgets gzinflate gzopen gzpassthru gzputs gzread gzrewind gzseek gztell gzuncompress gzwrite hash_algos " +
	"hash_copy hash_file hash_final hash_hkdf hash_hmac_algos hash_hmac_file hash_init hash_pbkdf2 hash_update " +
	"hash_update_file hash_update_stream header header_register_callback header_remove headers_list headers_sent " +
	"hebrev highlight_file highlight_string http_response_code iconv_get_encoding iconv_mime_decode " +
	"iconv_mime_decode_headers iconv_mime_encode iconv_set_encoding iconv_strlen iconv_strpos iconv_strrpos " +
	"iconv_substr idn_to_ascii idn_to_utf8 ignore_user_abort image_type_to_extension image_type_to_mime_type " +
	"inet_ntop inet_pton inflate_add inflate_get_read_len inflate_get_status inflate_init ini_alter ini_get_all " +
	"ini_parse_quantity ini_restore ini_set intl_error_name intl_get_error_code intl_get_error_message " +
	"intl_is_failure intlcal_add intlcal_after intlcal_before intlcal_clear intlcal_create_instance intlcal_equals " +
	"intlcal_field_difference intlcal_from_date_time intlcal_get intlcal_get_actual_maximum " +
	"intlcal_get_actual_minimum intlcal_get_available_locales intlcal_get_day_of_week_type intlcal_get_error_code " +
	"intlcal_get_error_message intlcal_get_first_day_of_week intlcal_get_greatest_minimum " +
	"intlcal_get_keyword_values_for_locale intlcal_get_least_maximum intlcal_get_locale intlcal_get_maximum " +
	"intlcal_get_minimal_days_in_first_week intlcal_get_minimum intlcal_get_now " +
	"intlcal_get_repeated_wall_time_option intlcal_get_skipped_wall_time_option intlcal_get_time " +
	"intlcal_get_time_zone intlcal_get_type intlcal_get_weekend_transition intlcal_in_daylight_time " +
	"intlcal_is_equivalent_to intlcal_is_lenient intlcal_is_set intlcal_is_weekend intlcal_roll intlcal_set " +
	"intlcal_set_first_day_of_week intlcal_set_lenient intlcal_set_minimal_days_in_first_week " +
	"intlcal_set_repeated_wall_time_option intlcal_set_skipped_wall_time_option intlcal_set_time " +
	"intlcal_set_time_zone intlcal_to_date_time intlgregcal_create_instance intlgregcal_get_gregorian_change " +
	"intlgregcal_is_leap_year intlgregcal_set_gregorian_change intltz_count_equivalent_ids intltz_create_default " +
	"intltz_create_enumeration intltz_create_time_zone intltz_create_time_zone_id_enumeration " +
	"intltz_from_date_time_zone intltz_get_canonical_id intltz_get_display_name intltz_get_dst_savings " +
	"intltz_get_equivalent_id intltz_get_error_code intltz_get_error_message intltz_get_gmt intltz_get_id " +
	"intltz_get_id_for_windows_id intltz_get_offset intltz_get_raw_offset intltz_get_region " +
	"intltz_get_tz_data_version intltz_get_unknown intltz_get_windows_id intltz_has_same_rules " +
	"intltz_to_date_time_zone intltz_use_daylight_time iptcembed iptcparse is_a is_executable is_link " +
	"is_subclass_of is_uploaded_file iterator_apply iterator_to_array lchgrp lchown " +
	"libxml_clear_errors libxml_disable_entity_loader libxml_get_errors libxml_get_external_entity_loader " +
	"libxml_get_last_error libxml_set_external_entity_loader libxml_set_streams_context libxml_use_internal_errors " +
	"link linkinfo locale_accept_from_http locale_canonicalize locale_compose locale_filter_matches " +
	"locale_get_all_variants locale_get_default locale_get_display_language locale_get_display_name " +
	"locale_get_display_region locale_get_display_script locale_get_display_variant locale_get_keywords " +
	"locale_get_primary_language locale_get_region locale_get_script locale_lookup locale_parse locale_set_default " +
	"localeconv lstat mail mb_convert_kana mb_convert_variables mb_decode_mimeheader " +
	"mb_decode_numericentity mb_detect_order mb_encode_mimeheader mb_encode_numericentity mb_encoding_aliases " +
	"mb_ereg mb_ereg_match mb_ereg_replace mb_ereg_replace_callback mb_ereg_search mb_ereg_search_getpos " +
	"mb_ereg_search_getregs mb_ereg_search_init mb_ereg_search_pos mb_ereg_search_regs mb_ereg_search_setpos " +
	"mb_eregi mb_eregi_replace mb_get_info mb_http_input mb_http_output mb_language mb_list_encodings " +
	"mb_output_handler mb_parse_str mb_preferred_mime_name mb_regex_encoding mb_regex_set_options mb_scrub " +
	"mb_send_mail mb_split mb_strcut mb_stristr mb_strrchr mb_strrichr mb_substitute_character md5_file " +
	"memory_get_peak_usage memory_get_usage memory_reset_peak_usage metaphone mhash mhash_count mhash_get_block_size " +
	"mhash_get_hash_name mhash_keygen_s2k move_uploaded_file msgfmt_create msgfmt_format msgfmt_format_message " +
	"msgfmt_get_error_code msgfmt_get_error_message msgfmt_get_locale msgfmt_get_pattern msgfmt_parse " +
	"msgfmt_parse_message msgfmt_set_pattern net_get_interfaces nl_langinfo numfmt_create numfmt_format " +
	"numfmt_format_currency numfmt_get_attribute numfmt_get_error_code numfmt_get_error_message numfmt_get_locale " +
	"numfmt_get_pattern numfmt_get_symbol numfmt_get_text_attribute numfmt_parse numfmt_parse_currency " +
	"numfmt_set_attribute numfmt_set_pattern numfmt_set_symbol numfmt_set_text_attribute ob_get_status ob_gzhandler " +
	"ob_implicit_flush ob_list_handlers opendir openlog openssl_cipher_iv_length openssl_cipher_key_length " +
	"openssl_cms_decrypt openssl_cms_encrypt openssl_cms_read openssl_cms_sign openssl_cms_verify openssl_csr_export " +
	"openssl_csr_export_to_file openssl_csr_get_public_key openssl_csr_get_subject openssl_csr_new openssl_csr_sign " +
	"openssl_decrypt openssl_dh_compute_key openssl_digest openssl_encrypt openssl_error_string openssl_free_key " +
	"openssl_get_cert_locations openssl_get_cipher_methods openssl_get_curve_names openssl_get_md_methods " +
	"openssl_get_privatekey openssl_get_publickey openssl_open openssl_pbkdf2 openssl_pkcs12_export " +
	"openssl_pkcs12_export_to_file openssl_pkcs12_read openssl_pkcs7_decrypt openssl_pkcs7_encrypt " +
	"openssl_pkcs7_read openssl_pkcs7_sign openssl_pkcs7_verify openssl_pkey_derive openssl_pkey_export " +
	"openssl_pkey_export_to_file openssl_pkey_free openssl_pkey_get_details openssl_pkey_get_private " +
	"openssl_pkey_get_public openssl_pkey_new openssl_private_decrypt openssl_private_encrypt openssl_public_decrypt " +
	"openssl_public_encrypt openssl_random_pseudo_bytes openssl_seal openssl_sign openssl_spki_export " +
	"openssl_spki_export_challenge openssl_spki_new openssl_spki_verify openssl_verify " +
	"openssl_x509_check_private_key openssl_x509_checkpurpose openssl_x509_export openssl_x509_export_to_file " +
	"openssl_x509_fingerprint openssl_x509_free openssl_x509_parse openssl_x509_read openssl_x509_verify " +
	"output_add_rewrite_var output_reset_rewrite_vars parse_ini_file parse_ini_string passthru password_algos " +
	"password_get_info password_hash password_needs_rehash password_verify pclose pcntl_alarm pcntl_async_signals " +
	"pcntl_errno pcntl_exec pcntl_fork pcntl_get_last_error pcntl_getpriority pcntl_setpriority pcntl_signal " +
	"pcntl_signal_dispatch pcntl_signal_get_handler pcntl_sigprocmask pcntl_sigtimedwait pcntl_sigwaitinfo " +
	"pcntl_strerror pcntl_unshare pcntl_wait pcntl_waitpid pcntl_wexitstatus pcntl_wifcontinued pcntl_wifexited " +
	"pcntl_wifsignaled pcntl_wifstopped pcntl_wstopsig pcntl_wtermsig pfsockopen php_ini_loaded_file " +
	"php_ini_scanned_files php_strip_whitespace php_uname phpcredits phpinfo popen proc_close proc_get_status " +
	"proc_nice proc_open proc_terminate property_exists putenv quoted_printable_decode quoted_printable_encode " +
	"readdir readfile readgzfile readlink realpath_cache_get realpath_cache_size register_tick_function " +
	"resourcebundle_count resourcebundle_create resourcebundle_get resourcebundle_get_error_code " +
	"resourcebundle_get_error_message resourcebundle_locales rewind rewinddir session_abort " +
	"session_cache_expire session_cache_limiter session_commit session_create_id session_decode session_destroy " +
	"session_encode session_gc session_get_cookie_params session_id session_module_name session_name " +
	"session_regenerate_id session_register_shutdown session_reset session_save_path session_set_cookie_params " +
	"session_set_save_handler session_start session_status session_unset session_write_close set_file_buffer " +
	"set_include_path setcookie setrawcookie sha1_file shell_exec show_source socket_get_status socket_set_blocking " +
	"socket_set_timeout sodium_add sodium_base642bin sodium_bin2base64 sodium_bin2hex sodium_compare " +
	"sodium_crypto_aead_aes256gcm_decrypt sodium_crypto_aead_aes256gcm_encrypt " +
	"sodium_crypto_aead_aes256gcm_is_available sodium_crypto_aead_aes256gcm_keygen " +
	"sodium_crypto_aead_chacha20poly1305_decrypt sodium_crypto_aead_chacha20poly1305_encrypt " +
	"sodium_crypto_aead_chacha20poly1305_ietf_decrypt sodium_crypto_aead_chacha20poly1305_ietf_encrypt " +
	"sodium_crypto_aead_chacha20poly1305_ietf_keygen sodium_crypto_aead_chacha20poly1305_keygen " +
	"sodium_crypto_aead_xchacha20poly1305_ietf_decrypt sodium_crypto_aead_xchacha20poly1305_ietf_encrypt " +
	"sodium_crypto_aead_xchacha20poly1305_ietf_keygen sodium_crypto_auth sodium_crypto_auth_keygen " +
	"sodium_crypto_auth_verify sodium_crypto_box sodium_crypto_box_keypair " +
	"sodium_crypto_box_keypair_from_secretkey_and_publickey sodium_crypto_box_open sodium_crypto_box_publickey " +
	"sodium_crypto_box_publickey_from_secretkey sodium_crypto_box_seal sodium_crypto_box_seal_open " +
	"sodium_crypto_box_secretkey sodium_crypto_box_seed_keypair sodium_crypto_core_ristretto255_add " +
	"sodium_crypto_core_ristretto255_from_hash sodium_crypto_core_ristretto255_is_valid_point " +
	"sodium_crypto_core_ristretto255_random sodium_crypto_core_ristretto255_scalar_add " +
	"sodium_crypto_core_ristretto255_scalar_complement sodium_crypto_core_ristretto255_scalar_invert " +
	"sodium_crypto_core_ristretto255_scalar_mul sodium_crypto_core_ristretto255_scalar_negate " +
	"sodium_crypto_core_ristretto255_scalar_random sodium_crypto_core_ristretto255_scalar_reduce " +
	"sodium_crypto_core_ristretto255_scalar_sub sodium_crypto_core_ristretto255_sub sodium_crypto_generichash " +
	"sodium_crypto_generichash_final sodium_crypto_generichash_init sodium_crypto_generichash_keygen " +
	"sodium_crypto_generichash_update sodium_crypto_kdf_derive_from_key sodium_crypto_kdf_keygen " +
	"sodium_crypto_kx_client_session_keys sodium_crypto_kx_keypair sodium_crypto_kx_publickey " +
	"sodium_crypto_kx_secretkey sodium_crypto_kx_seed_keypair sodium_crypto_kx_server_session_keys " +
	"sodium_crypto_pwhash sodium_crypto_pwhash_scryptsalsa208sha256 sodium_crypto_pwhash_scryptsalsa208sha256_str " +
	"sodium_crypto_pwhash_scryptsalsa208sha256_str_verify sodium_crypto_pwhash_str " +
	"sodium_crypto_pwhash_str_needs_rehash sodium_crypto_pwhash_str_verify sodium_crypto_scalarmult " +
	"sodium_crypto_scalarmult_base sodium_crypto_scalarmult_ristretto255 sodium_crypto_scalarmult_ristretto255_base " +
	"sodium_crypto_secretbox sodium_crypto_secretbox_keygen sodium_crypto_secretbox_open " +
	"sodium_crypto_secretstream_xchacha20poly1305_init_pull sodium_crypto_secretstream_xchacha20poly1305_init_push " +
	"sodium_crypto_secretstream_xchacha20poly1305_keygen sodium_crypto_secretstream_xchacha20poly1305_pull " +
	"sodium_crypto_secretstream_xchacha20poly1305_push sodium_crypto_secretstream_xchacha20poly1305_rekey " +
	"sodium_crypto_shorthash sodium_crypto_shorthash_keygen sodium_crypto_sign sodium_crypto_sign_detached " +
	"sodium_crypto_sign_ed25519_pk_to_curve25519 sodium_crypto_sign_ed25519_sk_to_curve25519 " +
	"sodium_crypto_sign_keypair sodium_crypto_sign_keypair_from_secretkey_and_publickey sodium_crypto_sign_open " +
	"sodium_crypto_sign_publickey sodium_crypto_sign_publickey_from_secretkey sodium_crypto_sign_secretkey " +
	"sodium_crypto_sign_seed_keypair sodium_crypto_sign_verify_detached sodium_crypto_stream " +
	"sodium_crypto_stream_keygen sodium_crypto_stream_xchacha20 sodium_crypto_stream_xchacha20_keygen " +
	"sodium_crypto_stream_xchacha20_xor sodium_crypto_stream_xchacha20_xor_ic sodium_crypto_stream_xor " +
	"sodium_hex2bin sodium_increment sodium_memcmp sodium_memzero sodium_pad sodium_unpad spl_autoload " +
	"spl_autoload_call spl_autoload_extensions spl_autoload_functions spl_autoload_register spl_autoload_unregister " +
	"spl_classes sscanf stat strchr stream_bucket_append stream_bucket_make_writeable stream_bucket_new " +
	"stream_bucket_prepend stream_context_create stream_context_get_default stream_context_get_options " +
	"stream_context_get_params stream_context_set_default stream_context_set_option stream_context_set_params " +
	"stream_copy_to_stream stream_filter_append stream_filter_prepend stream_filter_register stream_filter_remove " +
	"stream_get_contents stream_get_filters stream_get_line stream_get_meta_data stream_get_transports " +
	"stream_get_wrappers stream_is_local stream_isatty stream_register_wrapper stream_resolve_include_path " +
	"stream_select stream_set_blocking stream_set_chunk_size stream_set_read_buffer stream_set_timeout " +
	"stream_set_write_buffer stream_socket_accept stream_socket_client stream_socket_enable_crypto " +
	"stream_socket_get_name stream_socket_pair stream_socket_recvfrom stream_socket_sendto stream_socket_server " +
	"stream_socket_shutdown stream_supports_lock stream_wrapper_register stream_wrapper_restore " +
	"stream_wrapper_unregister strftime strptime symlink sys_getloadavg syslog system " +
	"tempnam time_nanosleep time_sleep_until timezone_abbreviations_list timezone_identifiers_list " +
	"timezone_location_get timezone_name_from_abbr timezone_name_get timezone_offset_get timezone_open " +
	"timezone_transitions_get timezone_version_get tmpfile touch trait_exists transliterator_create " +
	"transliterator_create_from_rules transliterator_create_inverse transliterator_get_error_code " +
	"transliterator_get_error_message transliterator_list_ids transliterator_transliterate umask " +
	"unregister_tick_function vfprintf zend_version zlib_decode zlib_encode zlib_get_coding_type "

// functionsOfCall see the variables of the call that they stand in; PHP refuses to call them by a computed name.
var functionsOfCall = " extract compact func_get_args func_num_args func_get_arg get_defined_vars "

// byNameOnly is a function by name that is there, but not to be had here.
func byNameOnly(name string) (*Closure, bool) {
	switch {
	case strings.Contains(functionsOfCall, " "+name+" "):
		return NewClosure(func(...Value) Value {
			ThrowError("Cannot call " + name + "() dynamically")
			return nil
		}, name), true
	case strings.Contains(functionsOfPHP, " "+name+" "):
		return NewClosure(func(...Value) Value {
			Stop("builtin-missing", "the function "+name+" is not part of this runtime")
			return nil
		}, name), true
	}
	return nil, false
}
