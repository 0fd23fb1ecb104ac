package banyan.shim;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Carries the colour (x-gray-tag, baggage) and the trace (traceparent, tracestate) of the request that is being served
 * to the requests the application makes meanwhile. One file for the JDK alone, 17 or later:
 *
 * <pre>
 * context.getFilters().add(new BanyanShim.ServerFilter());             // com.sun.net.httpserver
 * HttpClient client = BanyanShim.wrap(HttpClient.newHttpClient());     // java.net.http
 * BanyanShim.headers().forEach(connection::setRequestProperty);        // any other client
 * executor.execute(BanyanShim.carrying(work));                         // work handed to another thread
 * </pre>
 *
 * Servlet containers take BanyanServletFilter.java, beside this file. What is carried belongs to a thread. The fields go
 * to every server the wrapped client asks: give a client of its own to services of others.
 */
public final class BanyanShim {
  private static final List<String> NAMES = List.of("traceparent", "tracestate", "baggage", "x-gray-tag");
  private static final int VALUE_BYTES_MAX = 8192;
  private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*");
  private static final ThreadLocal<Map<String, String>> CARRIED = ThreadLocal.withInitial(Map::of);

  private BanyanShim() {}

  /** The fields to pass on, by name. */
  public static Map<String, String> headers() {
    return CARRIED.get();
  }

  /** Remembers what a request came with, for this thread, until {@link #end}. {@code header} gives null for none. */
  public static void begin(Function<String, String> header) {
    Map<String, String> carried = new LinkedHashMap<>();
    for (String name : NAMES) {
      String value = header.apply(name);
      if (isCarriable(name, value)) carried.put(name, value);
    }
    CARRIED.set(Map.copyOf(carried));
  }

  public static void end() {
    CARRIED.remove();
  }

  // What a client could smuggle a field in with, or make every request large by, is left behind.
  private static boolean isCarriable(String name, String value) {
    if (value == null || value.isEmpty() || value.length() > VALUE_BYTES_MAX) return false;
    if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) return false;
    return !name.equals("traceparent") || TRACEPARENT.matcher(value).matches();
  }

  /** The same work, which carries in whatever thread runs it what this thread carries now. */
  public static Runnable carrying(Runnable work) {
    Map<String, String> carried = headers();
    return () -> {
      Map<String, String> before = headers();
      CARRIED.set(carried);
      try {
        work.run();
      } finally {
        CARRIED.set(before);
      }
    };
  }

  /** For the JDK's own server. */
  public static final class ServerFilter extends Filter {
    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      begin(name -> exchange.getRequestHeaders().getFirst(name));
      try {
        chain.doFilter(exchange);
      } finally {
        end();
      }
    }

    @Override
    public String description() {
      return "carries colour and trace to the requests made meanwhile";
    }
  }

  /** A client that sends the fields with every request; those the request has go first. */
  public static HttpClient wrap(HttpClient client) {
    return new CarryingClient(client);
  }

  private static HttpRequest withHeaders(HttpRequest request) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
    headers().forEach((name, value) -> {
      if (request.headers().firstValue(name).isEmpty()) builder.setHeader(name, value);
    });
    return builder.build();
  }

  private static final class CarryingClient extends HttpClient {
    private final HttpClient client;

    CarryingClient(HttpClient client) {
      this.client = client;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
        throws IOException, InterruptedException {
      return client.send(withHeaders(request), handler);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
      return client.sendAsync(withHeaders(request), handler);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
        HttpRequest request, HttpResponse.BodyHandler<T> handler, HttpResponse.PushPromiseHandler<T> pushes) {
      return client.sendAsync(withHeaders(request), handler, pushes);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
      return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
      return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
      return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
      return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
      return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
      return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
      return client.authenticator();
    }

    @Override
    public Version version() {
      return client.version();
    }

    @Override
    public Optional<Executor> executor() {
      return client.executor();
    }
  }
}
