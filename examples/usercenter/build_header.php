<?php
// Put before every script by php-fpm's configuration, so that the answers name the build that gave them; the service's
// own code is left as it is.
header('X-Build: ' . getenv('USERCENTER_BUILD'));
