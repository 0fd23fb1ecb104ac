=== public/index.php
<?php
use App\Action\{HomeAction, UserAction};
use Slim\Factory\AppFactory;
$app = AppFactory::create();
$app->get('/', HomeAction::class);
$app->group('/users', function (RouteCollectorProxy $g) {
    $g->get('', UserAction::class . ':list');
    $g->map(['GET', 'PUT'], '/{id:[0-9]+}[/{tab}]', [UserAction::class, 'one'])->setName('one');
    $g->group('/{id}/files', function ($files) { $files->get('/{path:.*}', 'App\Files:send'); });
});
$app->run();
$cache->get('/key', fn () => 1);
=== lib/fast.php
<?php
$dispatcher = FastRoute\simpleDispatcher(function (FastRoute\RouteCollector $r) {
    $r->addRoute('GET', '/fast/{name}', 'fast_handler');
});
=== expected
/ -> file public/index.php, likely
slim GET / -> method App\Action\HomeAction::__invoke, certain
slim GET /fast/:name -> function fast_handler, certain
slim GET /users -> method App\Action\UserAction::list, certain
slim GET|PUT /users/:id -> method App\Action\UserAction::one, certain
slim GET|PUT /users/:id/:tab -> method App\Action\UserAction::one, certain
slim GET /users/:id/files/* -> method App\Files::send, certain
