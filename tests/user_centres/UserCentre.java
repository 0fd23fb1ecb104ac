// The user centre on the JDK's own HTTP server, as far as it moves: profile, batch and healthz, as
// examples/usercenter/README.md has them. The JDK has no driver of SQLite, so it reads the users from a file: a line
// for each, with tabs between the columns of schema.sql, \N for null.
//
//   java UserCentre PORT USERS.tsv
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

public class UserCentre {
  private static final Map<Long, String[]> USERS = new HashMap<>();

  private record Answer(int status, String json) {}

  private interface Endpoint {
    Answer answer(HttpExchange exchange) throws IOException;
  }

  public static void main(String[] arguments) throws Exception {
    for (String line : Files.readAllLines(Path.of(arguments[1]))) {
      String[] columns = line.split("\t", -1);
      USERS.put(Long.parseLong(columns[0]), columns);
    }
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
    server.setExecutor(Executors.newFixedThreadPool(4));
    serve(server, "/", exchange -> new Answer(404, error("not found")));
    serve(server, "/user/profile", UserCentre::profile);
    serve(server, "/user/batch", UserCentre::batch);
    serve(server, "/healthz", exchange -> new Answer(200, "{\"status\":\"ok\"}"));
    server.start();
  }

  private static void serve(HttpServer server, String path, Endpoint endpoint) {
    server.createContext(path, exchange -> {
      try (exchange) {
        Answer answer = endpoint.answer(exchange);
        byte[] body = answer.json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("X-Build", "java-17");
        exchange.sendResponseHeaders(answer.status, body.length);
        exchange.getResponseBody().write(body);
      }
    });
  }

  private static Answer profile(HttpExchange exchange) {
    long id = 0;
    String query = exchange.getRequestURI().getRawQuery();
    for (String part : (query == null ? "" : query).split("&")) {
      String[] pair = part.split("=", 2);
      if (pair[0].equals("id")) id = idOf(URLDecoder.decode(pair.length > 1 ? pair[1] : "", StandardCharsets.UTF_8));
    }
    if (id == 0) return new Answer(400, error("invalid id"));
    String[] user = USERS.get(id);
    if (user == null) return new Answer(404, error("not found"));
    String roles = List.of(user[4].split(",")).stream().map(UserCentre::text).collect(Collectors.joining(","));
    return new Answer(200, "{\"id\":" + id + ",\"name\":" + text(user[1]) + ",\"email\":" + text(user[2])
        + ",\"roles\":[" + roles + "],\"score\":" + text(score(user[5])) + ",\"active\":" + text(user[6])
        + ",\"settings\":" + (user[7].isEmpty() ? "[]" : user[7]) + ",\"created_at\":" + text(user[8])
        + ",\"last_login\":" + (user[10].equals("\\N") ? "null" : text(user[10])) + "}");
  }

  private static Answer batch(HttpExchange exchange) throws IOException {
    List<Long> ids = new ArrayList<>();
    Object body = new Json(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)).whole();
    if (body instanceof Map<?, ?> object && object.get("ids") instanceof List<?> list) {
      for (Object value : list) ids.add(idOf(value));
    }
    if (ids.isEmpty() || ids.size() > 100 || ids.contains(0L)) return new Answer(400, error("invalid ids"));
    List<String> users = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (long id : ids) {
      String[] user = USERS.get(id);
      if (user == null) {
        missing.add(Long.toString(id));
      } else {
        users.add("{\"id\":" + text(user[0]) + ",\"name\":" + text(user[1]) + ",\"email\":" + text(user[2])
            + ",\"roles\":" + text(user[4]) + ",\"score\":" + text(score(user[5])) + "}");
      }
    }
    return new Answer(200, "{\"count\":" + text(Integer.toString(users.size())) + ",\"users\":["
        + String.join(",", users) + "],\"missing\":[" + String.join(",", missing) + "]}");
  }

  // 0 for what is no valid id.
  private static long idOf(Object value) {
    if (value instanceof BigInteger number) return number.signum() > 0 && number.bitLength() < 64 ? number.longValue() : 0;
    return value instanceof String digits && digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }

  private static String score(String hundredths) {
    int value = Integer.parseInt(hundredths);
    return value / 100 + "." + value / 10 % 10 + value % 10;
  }

  private static String error(String sentence) { return "{\"error\":" + text(sentence) + "}"; }

  private static String text(String value) { return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""; }

  // JSON as far as a batch needs it. Objects are maps, arrays lists, integers BigInteger, other numbers Double, true,
  // false and null are Boolean and Json.NULL; what is no JSON is null.
  private static final class Json {
    static final Object NULL = new Object();
    private final String text;
    private int at = 0;

    Json(String text) { this.text = text; }

    Object whole() {
      try {
        Object value = value();
        return peek() == 0 ? value : null;
      } catch (IllegalArgumentException | StringIndexOutOfBoundsException problem) {
        return null;
      }
    }

    // The next character that is not white space; 0 at the end.
    private char peek() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) ++at;
      return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean take(char wanted) {
      if (peek() != wanted) return false;
      ++at;
      return true;
    }

    private void need(boolean condition) {
      if (!condition) throw new IllegalArgumentException("no JSON");
    }

    private Object value() {
      switch (peek()) {
        case '{': return object();
        case '[': return array();
        case '"': return string();
        case 't': return word("true", true);
        case 'f': return word("false", false);
        case 'n': return word("null", NULL);
        default: return number();
      }
    }

    private Object word(String word, Object value) {
      need(text.startsWith(word, at));
      at += word.length();
      return value;
    }

    private Object object() {
      Map<String, Object> object = new HashMap<>();
      ++at;
      if (take('}')) return object;
      do {
        need(peek() == '"');
        String name = string();
        need(take(':'));
        object.put(name, value());
      } while (take(','));
      need(take('}'));
      return object;
    }

    private Object array() {
      List<Object> array = new ArrayList<>();
      ++at;
      if (take(']')) return array;
      do {
        array.add(value());
      } while (take(','));
      need(take(']'));
      return array;
    }

    private String string() {
      StringBuilder out = new StringBuilder();
      for (++at; text.charAt(at) != '"'; ++at) {
        char c = text.charAt(at);
        need(c >= ' ' && c != '\uFFFD');
        if (c != '\\') {
          out.append(c);
        } else if (text.charAt(++at) == 'u') {
          out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
          at += 4;
        } else {
          int escape = "\"\\/bfnrt".indexOf(text.charAt(at));
          need(escape >= 0);
          out.append("\"\\/\b\f\n\r\t".charAt(escape));
        }
      }
      ++at;
      return out.toString();
    }

    private Object number() {
      int begin = at;
      while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) ++at;
      String digits = text.substring(begin, at);
      return digits.matches("-?(0|[1-9][0-9]*)") ? (Object) new BigInteger(digits) : (Object) Double.valueOf(digits);
    }
  }
}
