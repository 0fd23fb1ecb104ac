=== src/Controller/BlogController.php
<?php
namespace App\Controller;
use Symfony\Component\Routing\Attribute\Route;
#[Route('/blog', name: 'blog_')]
final class BlogController {
    #[Route('', methods: 'GET')]
    public function index() {}
    #[Route(path: ['en' => '/post/{slug}', 'fr' => '/article/{slug}'], methods: ['GET', 'HEAD'])]
    #[Route('/p/{slug<\d+>}')]
    public function show() {}
    #[Deprecated]
    public function helper() {}
}
=== src/Controller/OldController.php
<?php
namespace App\Controller;
/**
 * @Route("/old")
 */
class OldController {
    /**
     * Shows.
     * @Route("/{id}", name="old_show", requirements={"id"="\d+"}, methods={"GET","POST"})
     */
    public function show() {}
    /** @Route(path="/del")
     *  @Method("DELETE") */
    public function del() {}
    /** @Rest\Put("/rest") */
    public function rest() {}
}
=== src/Controller/Ping.php
<?php
#[Route('/ping')]
class Ping { public function __invoke() {} }
=== config/routes.php
<?php
return function (RoutingConfigurator $routes) {
    $routes->add('home', '/home')->controller([\App\Controller\Home::class, 'index'])->methods(['GET']);
};
=== expected
symfony GET|HEAD /blog/article/:slug -> method App\Controller\BlogController::show, certain
symfony GET /blog -> method App\Controller\BlogController::index, certain
symfony /blog/p/:slug -> method App\Controller\BlogController::show, certain
symfony GET|HEAD /blog/post/:slug -> method App\Controller\BlogController::show, certain
symfony GET /home -> method App\Controller\Home::index, certain
symfony DELETE /old/del -> method App\Controller\OldController::del, certain
symfony PUT /old/rest -> method App\Controller\OldController::rest, certain
symfony GET|POST /old/:id -> method App\Controller\OldController::show, certain
symfony /ping -> method Ping::__invoke, certain
