<?php
// Reading and changing users.

// A user as the apps know it. score and active went out as strings from the first day, and settings as [] when empty;
// the apps rely on all three.
function user_view($row)
{
    return array(
        'id'         => (int) $row['id'],
        'name'       => $row['name'],
        'email'      => $row['email'],
        'roles'      => explode(',', $row['roles']),
        'score'      => score_text($row['score']),
        'active'     => $row['active'],
        'settings'   => $row['settings'] ? json_decode($row['settings'], true) : array(),
        'created_at' => $row['created_at'],
        'last_login' => $row['last_login'],
    );
}

function score_text($hundredths)
{
    return number_format($hundredths / 100, 2, '.', '');
}

function valid_id($id)
{
    return (is_int($id) && $id > 0) || (is_string($id) && ctype_digit($id) && strlen($id) <= 18 && $id > 0);
}

function action_profile()
{
    $id = @$_GET['id'];
    if (!is_string($id) || !valid_id($id)) {
        fail(400, 'invalid id');
    }
    $row = one('SELECT * FROM users WHERE id = ?', array((int) $id));
    if (!$row)
        fail(404, 'not found');
    send_json(user_view($row));
}

function action_batch()
{
    need_post();
    $in = json_body();
    $ids = $in ? @$in->ids : null;
    if (!is_array($ids) || count($ids) < 1 || count($ids) > 100) {
        fail(400, 'invalid ids');
    }
    foreach ($ids as $id) {
        if (!valid_id($id)) fail(400, 'invalid ids');
    }
    $marks = implode(',', array_fill(0, count($ids), '?'));
    $found = array();
    foreach (query("SELECT id, name, email, roles, score FROM users WHERE id IN ($marks)", array_map('intval', $ids)) as $row) {
        $found[$row['id']] = array('id' => $row['id'], 'name' => $row['name'], 'email' => $row['email'],
                                   'roles' => $row['roles'], 'score' => score_text($row['score']));
    }
    $users = $missing = array();
    foreach ($ids as $id) {
        $id = (int) $id;
        if (isset($found[$id])) {
            $users[] = $found[$id];
        } else {
            $missing[] = $id;
        }
    }
    send_json(array('count' => (string) count($users), 'users' => $users, 'missing' => $missing));
}

function action_update()
{
    need_post();
    $user_id = need_token();
    $in = json_body();
    if (!$in) {
        fail(400, 'invalid body');
    }
    $row = one('SELECT * FROM users WHERE id = ?', array($user_id));
    $changed = 0;
    if (isset($in->name)) {
        if (!is_string($in->name) || trim($in->name) == '' || strlen(trim($in->name)) > 100) {
            fail(400, 'invalid name');
        }
        $row['name'] = trim($in->name);
        $changed++;
    }
    if (isset($in->email)) {
        if (!is_string($in->email) || strlen($in->email) > 190
            || !preg_match('/^[a-z0-9._+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/iD', $in->email)) {
            fail(400, 'invalid email');
        }
        $row['email'] = strtolower($in->email);
        $changed++;
    }
    if (!$changed) {
        fail(400, 'nothing to update');
    }
    try {
        query('UPDATE users SET name = ?, email = ?, updated_at = ? WHERE id = ?',
              array($row['name'], $row['email'], date('Y-m-d H:i:s'), $user_id));
    } catch (PDOException $e) {
        if (strpos($e->getMessage(), 'UNIQUE') !== false) {
            fail(409, 'email taken');
        }
        error_log('update of user ' . $user_id . ': ' . $e->getMessage());
        fail(500, 'internal error');
    }
    send_json(array('result' => 'ok', 'user' => user_view($row)));
}
