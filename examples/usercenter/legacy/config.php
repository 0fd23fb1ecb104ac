<?php
// Settings. On the servers this file is edited by hand; the environment wins so that it also runs elsewhere.
$CONFIG = array(
    'db'        => getenv('USERCENTER_DB') ?: __DIR__ . '/../data/usercenter.db',
    'debug'     => true,            // FIXME turn off
    'token_ttl' => '3600',
    'site_name' => 'User Centre',
);
date_default_timezone_set('UTC');
