"""php-fpm over scripts written by a test, and nginx before the same php-fpm as the oracle for what a gateway should
answer."""
import os
import subprocess

from processes import Child, PhpFpm, find_program, free_port, ini_quoted, socket_directory

POOL = """[global]
daemonize = no
error_log = {log}
[test]
{identity}
listen = {socket}
pm = static
pm.max_children = {workers}
clear_env = yes
catch_workers_output = no
security.limit_extensions = .php
php_admin_value[error_log] =
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
php_admin_value[upload_tmp_dir] = {directory}
php_admin_value[session.save_path] = {directory}
php_admin_value[post_max_size] = 64M
php_admin_value[upload_max_filesize] = 64M
php_admin_value[opcache.revalidate_freq] = 0
{extra}
"""

NGINX = """{user}
daemon off; worker_processes 1; pid "{directory}/nginx.pid"; error_log "{directory}/nginx-error.log" info;
events {{ worker_connections 1024; }}
http {{
  include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; client_max_body_size 64m;
  client_body_temp_path "{directory}/client_body"; proxy_temp_path "{directory}/proxy";
  fastcgi_temp_path "{directory}/fastcgi"; uwsgi_temp_path "{directory}/uwsgi"; scgi_temp_path "{directory}/scgi";
  server {{
    listen {address}; server_name example.test; root "{root}"; index index.php;
{locations}
  }}
}}
"""

# A front controller behind try_files, scripts by their own name with path info: the commonest way to serve PHP.
LOCATIONS = """    location / {{ try_files $uri $uri/ /index.php?$query_string; }}
    location ~ [^/]\\.php(/|$) {{
      fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
      if (!-f $document_root$fastcgi_script_name) {{ return 404; }}
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param PATH_INFO $fastcgi_path_info;
      fastcgi_param HTTP_PROXY "";
      fastcgi_pass "{listen}";
    }}
"""


def start_php_fpm(directory, workers=2, extra=""):
    """A pool of its own in DIRECTORY; EXTRA are further directives of the pool."""
    sockets = socket_directory(directory)
    listen = os.path.join(sockets, "php-fpm.sock")
    config = POOL.format(log=ini_quoted(os.path.join(directory, "php-fpm.log")), identity=PhpFpm.identity(),
                         socket=ini_quoted(listen), workers=workers, directory=ini_quoted(directory), extra=extra)
    return PhpFpm(directory, config, "unix:" + listen).start()


def start_nginx(directory, root, listen):
    """nginx on a free port before the pool listening on LISTEN; returns the child and its address."""
    program = find_program(["nginx"], "apt-get install nginx-light")
    address = f"127.0.0.1:{free_port()}"
    config = os.path.join(directory, "nginx.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(NGINX.format(user="user root;" if os.geteuid() == 0 else "", directory=directory, address=address,
                                root=root,
                                locations=LOCATIONS.format(listen=listen)))
    child = Child("nginx", [program, "-p", directory, "-c", config], os.path.join(directory, "nginx.out"))
    return child.wait_listening(address), address


def write_scripts(root, scripts):
    """Files by relative path; executable bits play no part."""
    for name, text in scripts.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())


def openssl(*arguments):
    """Runs the openssl command, which tests make certificates with."""
    program = find_program(["openssl"], "apt-get install openssl")
    subprocess.run([program, *arguments], check=True, capture_output=True)
