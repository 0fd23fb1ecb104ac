<?php
/**
 * Carries the colour (x-gray-tag, baggage) and the trace (traceparent, tracestate) of the request that is being served
 * to the requests the application makes meanwhile. Loaded before every script by php.ini or the pool of php-fpm:
 *
 *     php_admin_value[auto_prepend_file] = /usr/share/banyan/shims/php/banyan_shim.php
 *
 * file_get_contents() and all else that works on streams then carries them by itself, through the default context.
 * A context of one's own and cURL have to be told, since PHP lets nobody stand between without an extension:
 *
 *     $context = Banyan\Shim\context(['http' => ['method' => 'POST', 'content' => $body]]);
 *     $handle = Banyan\Shim\curl(curl_init($url), ['Accept: application/json']);
 *     $client = new GuzzleHttp\Client(['headers' => Banyan\Shim\headers()]);
 *
 * The fields go to every server that is asked. They say nothing about a user, but a service of somebody else has no
 * use for them: pass a context without them there, stream_context_create(['http' => ['header' => '']]).
 */

declare(strict_types=1);

namespace Banyan\Shim;

/** @return array<string, string> the fields to pass on, by name */
function headers(): array
{
    static $carried = null;
    if ($carried === null) {
        $carried = [];
        foreach (['traceparent', 'tracestate', 'baggage', 'x-gray-tag'] as $name) {
            $value = $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
            if (is_string($value) && is_carriable($name, $value)) {
                $carried[$name] = $value;
            }
        }
    }
    return $carried;
}

/** What a client could smuggle a field of its own in with, or make every request large by, is left behind. */
function is_carriable(string $name, string $value): bool
{
    if ($value === '' || strlen($value) > 8192 || preg_match('/[^\x20-\x7e]/', $value)) {
        return false;
    }
    return $name !== 'traceparent' || preg_match('/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/', $value) === 1;
}

/** @return list<string> the fields as lines, behind `$own`, whose names go first */
function header_lines(array $own = []): array
{
    $names = array_map(static fn ($line) => strtolower(trim(explode(':', (string) $line, 2)[0])), $own);
    foreach (headers() as $name => $value) {
        if (!in_array($name, $names, true)) {
            $own[] = "$name: $value";
        }
    }
    return array_values($own);
}

/** A stream context with these options and the fields; of use where the default one is not. @return resource */
function context(array $options = [])
{
    $own = $options['http']['header'] ?? [];
    $lines = is_array($own) ? $own : array_filter(explode("\r\n", (string) $own));
    $options['http']['header'] = header_lines(array_values($lines));
    return stream_context_create($options);
}

/** Gives a cURL handle the fields, and `$own` as CURLOPT_HTTPHEADER would have it. @return \CurlHandle */
function curl($handle, array $own = [])
{
    curl_setopt($handle, CURLOPT_HTTPHEADER, header_lines($own));
    return $handle;
}

if (headers() !== []) {
    stream_context_set_default(['http' => ['header' => header_lines()]]);
}
