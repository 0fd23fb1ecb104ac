<?php
// Files and folders, and what is said where there are none.
$dir = sys_get_temp_dir() . '/banyan-mount-files-' . getmypid();
error_reporting(0);
show(mkdir($dir), is_dir($dir), mkdir($dir), mkdir("$dir/a/b/c", 0755, true), scandir("$dir/a"), realpath("$dir/a/../a") === "$dir/a");
show(file_put_contents("$dir/f", ['a', 1, "b\n"]), file_put_contents("$dir/f", "c\n\nd", FILE_APPEND | LOCK_EX));
show(file("$dir/f"), file("$dir/f", FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES), filesize("$dir/f"));
show(file_get_contents("$dir/f", false, null, 2, 3), file_put_contents("$dir/f", 'short', LOCK_EX), file_get_contents("$dir/f"));
show(copy("$dir/f", "$dir/g"), rename("$dir/g", "$dir/h"), is_readable("$dir/h"), is_writable("$dir/g"), scandir($dir));
show(touch("$dir/t"), filesize("$dir/t"), abs(filemtime("$dir/t") - time()) < 5);
foreach ([fn() => file("$dir/none"), fn() => unlink("$dir/none"), fn() => rename("$dir/none", "$dir/x"),
          fn() => copy("$dir/none", "$dir/x"), fn() => copy("$dir/f", "$dir/none/x"), fn() => mkdir($dir),
          fn() => rmdir($dir), fn() => filesize("$dir/none"), fn() => scandir("$dir/none"), fn() => unlink("$dir/a"),
          fn() => file_put_contents("$dir/a", 'x'), fn() => touch("$dir/none/x"),
          fn() => file_get_contents("$dir/none")] as $call) {
    show($call(), str_replace($dir, 'DIR', error_get_last()['message']));
}
foreach ([fn() => file_get_contents("$dir/f\0.txt"), fn() => unlink("$dir/f\0"), fn() => rename("$dir/f", "x\0"),
          fn() => mkdir("\0"), fn() => is_readable("$dir/f\0"), fn() => filesize("$dir/f\0"), fn() => scandir("\0"),
          fn() => file_put_contents("$dir/f\0", 'x'), fn() => realpath("$dir\0")] as $call) {
    attempt($call);
}
show(unlink("$dir/f"), unlink("$dir/h"), unlink("$dir/t"), rmdir("$dir/a/b/c"), rmdir("$dir/a/b"), rmdir("$dir/a"), rmdir($dir));
