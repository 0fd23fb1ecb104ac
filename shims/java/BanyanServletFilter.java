package banyan.shim;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * BanyanShim for servlet containers (Tomcat 10, Jetty 11, Spring Boot 3; with {@code javax} in the place of
 * {@code jakarta} for those before). Found by its annotation, or declared in web.xml; in Spring a bean of this class.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public final class BanyanServletFilter implements Filter {
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest)) {
      chain.doFilter(request, response);
      return;
    }
    BanyanShim.begin(((HttpServletRequest) request)::getHeader);
    try {
      chain.doFilter(request, response);
    } finally {
      BanyanShim.end();
    }
  }
}
