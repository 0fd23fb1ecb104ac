<?php
header('X-One: 1');
header('X-One: 2');
header('X-Two: a');
header('x-two: b', false);
header('X-Gone: 1');
header_remove('x-gone');
header("X-Bad: 1\r\nX-Worse: 2");
show(http_response_code(), headers_sent());
switch ($_GET['kind'] ?? '') {
    case 'status':   http_response_code(418); show(http_response_code(200), http_response_code(418)); break;
    case 'line':     header('HTTP/1.1 410 Gone'); break;
    case 'location': header('Location: /elsewhere?a=b'); break;
    case 'moved':    header('Location: /elsewhere', true, 301); break;
    case 'created':  http_response_code(201); header('Location: /new'); break;
    case 'sign-in':  header('WWW-Authenticate: Basic realm="x"'); break;
    case 'text':     header('Content-Type: text/plain'); break;
    case 'json':     header('Content-Type: application/json'); break;
    case 'charset':  header('Content-type: text/html; charset=ISO-8859-1'); break;
    case 'code':     header('X-Code: 1', true, 503); break;
    case 'status-field': header('Status: 404 Not Found'); break;
}
show($_GET);
