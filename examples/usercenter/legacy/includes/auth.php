<?php
// Sessions for the pages, tokens for the apps.

function token_from_request()
{
    $auth = @$_SERVER['HTTP_AUTHORIZATION'];
    if ($auth && preg_match('/^Bearer ([0-9a-f]{40})$/', $auth, $m)) {
        return $m[1];
    }
    return (string) @$_SERVER['HTTP_X_TOKEN'];
}

// The id of the user whose token came along; ends the request when there is none.
function need_token()
{
    $row = one('SELECT user_id FROM tokens WHERE token = ? AND expires_at > ?', array(token_from_request(), time()));
    if (!$row) {
        fail(401, 'unauthorized');
    }
    return $row['user_id'];
}

function password_matches($password, $stored)
{
    if (substr($stored, 0, 7) == 'sha256$') {
        list(, $salt, $hex) = explode('$', $stored);
        return hash_equals($hex, hash('sha256', $salt . $password));
    }
    return password_verify($password, $stored);
}

function action_login()
{
    global $CONFIG;
    need_post();
    $in = json_body();
    if (!$in || !is_string(@$in->email) || !is_string(@$in->password)) {
        fail(400, 'invalid body');
    }
    $row = one('SELECT * FROM users WHERE email = ?', array(strtolower($in->email)));
    if (!$row || !password_matches($in->password, $row['password'])) {
        fail(401, 'bad credentials');
    }
    if (!$row['active']) {
        fail(403, 'inactive');
    }
    $password = $row['password'];
    if ($password[0] == 's') {      // old hash: upgrade while we have the password
        $password = password_hash($in->password, PASSWORD_BCRYPT, array('cost' => 7));
    }
    query('UPDATE users SET password = ?, last_login = ? WHERE id = ?', array($password, date('Y-m-d H:i:s'), $row['id']));
    $token = bin2hex(random_bytes(20));
    query('DELETE FROM tokens WHERE expires_at <= ?', array(time()));
    query('INSERT INTO tokens VALUES (?, ?, ?)', array($token, $row['id'], time() + $CONFIG['token_ttl']));
    session_start();
    $_SESSION['user'] = $row['id'];
    $_SESSION['name'] = $row['name'];
    send_json(array('result' => 'ok', 'token' => $token, 'expires' => $CONFIG['token_ttl'],
                    'user' => array('id' => $row['id'], 'name' => $row['name'])));
}

function action_logout()
{
    need_post();
    need_token();
    query('DELETE FROM tokens WHERE token = ?', array(token_from_request()));
    if (isset($_COOKIE[session_name()])) {
        session_start();
        $_SESSION = array();
        @session_destroy();
    }
    send_json(array('result' => 'ok'));
}
