<?php
show($_POST, $_FILES, file_get_contents('php://input'));
foreach ($_FILES as $name => $file) {
    if ($name === 'one') {
        show(is_uploaded_file($file['tmp_name']), file_get_contents($file['tmp_name']));
        $to = '/tmp/banyan-mount-test';
        show(move_uploaded_file($file['tmp_name'], $to), is_uploaded_file($to), file_get_contents($to));
        show(move_uploaded_file($file['tmp_name'], $to));
    }
}
show(is_uploaded_file('/etc/passwd'), move_uploaded_file('/etc/passwd', '/tmp/never'));
