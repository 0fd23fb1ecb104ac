=== routes/web.php
<?php
use App\Http\Controllers\{UserController, Admin\PanelController as Panel};
use Illuminate\Support\Facades\Route;
Route::get('/', function () { return view('welcome'); });
Route::get('users/{id?}', [UserController::class, 'show'])->whereNumber('id')->name('users.show');
Route::match(['get', 'post'], '/both', 'LegacyController@both');
Route::any('/any', Panel::class);
Route::prefix('admin')->middleware(['auth'])->group(function () {
    Route::controller(Panel::class)->prefix('/panel')->group(function () {
        Route::get('/', 'index');
        Route::post('/{tab}', 'save');
    });
    Route::group(['prefix' => 'deep', 'middleware' => 'x'], function () {
        Route::delete('{key}.json', [Panel::class, 'drop']);
    });
});
Route::resource('photos.comments', 'CommentController')->only(['index', 'show']);
Route::apiResource('categories', CategoryController::class)->except('destroy');
Route::view('/terms', 'terms');
Route::middleware('x')->name('y');
$client->get('/remote', ['timeout' => 2]);
Cache::get('/not-a-route', fn () => 1);
=== routes/api.php
<?php
Route::get('/ping', fn () => ['pong' => true]);
Route::fallback(fn () => abort(404));
=== expected
laravel GET / -> code routes/web.php:4-4 [view], certain
laravel GET /admin/deep/:key.json -> method App\Http\Controllers\Admin\PanelController::drop, certain
laravel GET /admin/panel -> method App\Http\Controllers\Admin\PanelController::index, certain
laravel POST /admin/panel/:tab -> method App\Http\Controllers\Admin\PanelController::save, certain
laravel /any -> method App\Http\Controllers\Admin\PanelController::__invoke, certain
laravel /api/* -> code routes/api.php:3-3 [abort], certain
laravel GET /api/ping -> code routes/api.php:2-2 [], certain
laravel GET|POST /both -> method LegacyController::both, certain
laravel GET /categories -> method CategoryController::index, certain
laravel POST /categories -> method CategoryController::store, certain
laravel GET /categories/:category -> method CategoryController::show, certain
laravel PATCH|PUT /categories/:category -> method CategoryController::update, certain
laravel GET /photos/:photo/comments -> method CommentController::index, certain
laravel GET /photos/:photo/comments/:comment -> method CommentController::show, certain
laravel GET /terms -> code routes/web.php:19-19 [Route::view], certain
laravel GET /users -> method App\Http\Controllers\UserController::show, certain
laravel GET /users/:id -> method App\Http\Controllers\UserController::show, certain
