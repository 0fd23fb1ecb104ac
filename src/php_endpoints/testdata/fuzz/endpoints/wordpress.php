=== wp-load.php
<?php
define('ABSPATH', __DIR__ . '/');
require ABSPATH . 'wp-includes/load.php';
=== index.php
<?php
require __DIR__ . '/wp-load.php';
=== wp-login.php
<?php
require __DIR__ . '/wp-load.php';
$action = isset($_REQUEST['action']) ? $_REQUEST['action'] : 'login';
switch ($action) {
    case 'logout': wp_logout(); exit;
    case 'login': echo 1; break;
}
=== wp-admin/index.php
<?php
require_once __DIR__ . '/admin.php';
echo 'dashboard';
=== wp-admin/admin.php
<?php
require_once dirname(__DIR__) . '/wp-load.php';
=== wp-admin/admin-ajax.php
<?php
require_once dirname(__DIR__) . '/wp-load.php';
$core_actions_get = array('fetch-list', 'ajax-tag-search');
=== wp-includes/load.php
<?php
echo 'never asked for';
=== wp-content/plugins/shop/shop.php
<?php
namespace Shop;
defined('ABSPATH') || exit;
class Controller {
    const SPACE = 'shop/v1';
    protected $base = 'orders';
    function register() {
        register_rest_route(self::SPACE, '/' . $this->base . '/(?P<id>[\d]+)', array(
            array('methods' => \WP_REST_Server::READABLE, 'callback' => array($this, 'get_item')),
            array('methods' => 'POST, PUT', 'callback' => array($this, 'update_item')),
        ));
        register_rest_route($this->unknown, '/x', ['methods' => 'DELETE', 'callback' => [$this, 'x']]);
        register_rest_route('shop/v1', 'ping', ['callback' => fn () => 'pong', 'permission_callback' => '__return_true']);
    }
}
add_action('wp_ajax_shop_save', [Controller::class, 'save']);
add_action('wp_ajax_nopriv_shop_look', 'shop_look');
add_action('admin_post_shop_form', function () { shop_form(); });
add_rewrite_rule('^shop/([^/]*)/?', 'index.php?shop=$matches[1]', 'top');
add_submenu_page('tools.php', 'Shop', 'Shop', 'manage_options', 'shop', 'shop_page');
add_action('init', 'nothing');
=== expected
wordpress / -> file index.php, likely
wordpress /* -> file index.php, likely
wordpress /shop/:1/* -> file index.php, likely
wordpress /wp-admin -> file wp-admin/index.php, likely
wordpress /wp-admin/admin-ajax.php -> file wp-admin/admin-ajax.php, likely
wordpress GET /wp-admin/admin-ajax.php?action=ajax-tag-search -> function wp_ajax_ajax_tag_search, certain
wordpress GET /wp-admin/admin-ajax.php?action=fetch-list -> function wp_ajax_fetch_list, certain
wordpress /wp-admin/admin-ajax.php?action=shop_look -> function shop_look, certain
wordpress /wp-admin/admin-ajax.php?action=shop_save -> method Shop\Controller::save, certain
wordpress /wp-admin/admin-post.php?action=shop_form -> code wp-content/plugins/shop/shop.php:19-19 [Shop\shop_form], certain
wordpress /wp-admin/admin.php?page=shop -> function shop_page, likely
wordpress GET /wp-json/shop/v1/orders/:id -> method Shop\Controller::get_item, certain
wordpress POST|PUT /wp-json/shop/v1/orders/:id -> method Shop\Controller::update_item, certain
wordpress GET /wp-json/shop/v1/ping -> code wp-content/plugins/shop/shop.php:13-13 [], certain
wordpress DELETE /wp-json/:unknown/x -> method Shop\Controller::x, guess
wordpress /wp-login.php -> file wp-login.php, likely
wordpress /wp-login.php?action=login -> code wp-login.php:6-6 [], likely
wordpress /wp-login.php?action=logout -> code wp-login.php:5-5 [wp_logout], likely
