=== index.php
<?php
namespace Shop;
$uri = trim(strtok($_SERVER['REQUEST_URI'], '?'), '/');
$routes = ['cart' => 'show_cart', 'checkout' => [Checkout::class, 'run'], 'about' => function () { echo render('about'); }];
if (isset($routes[$uri])) { call_user_func($routes[$uri]); }
$verbs = ['GET' => ['/x' => 'x'], 'POST' => ['/x' => 'make_x']];
$verbs[$_SERVER['REQUEST_METHOD']][$uri]();
$parts = explode('/', $uri);
if ($parts[0] === 'blog' ) { blog($parts); }
switch ("{$_SERVER['REQUEST_METHOD']} /$uri") { case 'GET /never': never(); }
class Kernel {
    private $path;
    function __construct() { $this->path = $_SERVER['PATH_INFO']; }
    function run() {
        return match ([$_SERVER['REQUEST_METHOD'], $this->path]) {
            ['GET', '/k'] => $this->k(),
            ['POST', '/k'] => self::make(),
        };
    }
}
=== expected
/ -> file index.php, likely
/about -> code index.php:4-4 [Shop\render], likely
/blog/* -> function Shop\blog, likely
/cart -> function show_cart, likely
/checkout -> method Shop\Checkout::run, likely
GET /k -> method Shop\Kernel::k, likely
POST /k -> method Shop\Kernel::make, likely
GET /never -> function Shop\never, likely
GET /x -> function x, likely
POST /x -> function make_x, likely
