#include "nginx_import/proposal_text.h"

#include <algorithm>
#include <iterator>

#include "base/json_text.h"
#include "config/units.h"

namespace banyan::nginx {
namespace {

constexpr NoteKind kKinds[] = {NoteKind::kOpens, NoteKind::kMissing, NoteKind::kDiffers, NoteKind::kNotNeeded};

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// A comment is one line of printable text.
std::string comment(std::string_view text) {
  std::string out = "  # ";
  for (char c : text) out += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? ' ' : c;
  return out + "\n";
}

std::string list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : ", ").append(quoted(text));
  return "[" + out + "]";
}

class Yaml {
 public:
  Yaml(const Proposal& proposal, const Configuration& configuration)
      : proposal_(proposal), configuration_(configuration) {}

  std::string text() {
    out_ = "# Proposed by `banyan import` from " + printable(configuration_.files[0]) + ".\n" +
           "# Read its list of what is not the same before this takes traffic; then `banyan check -c FILE`.\n" +
           "version: 1\ngateway:\n";
    write_listeners();
    write_gateway();
    if (!proposal_.filters.empty()) out_ += "filters: [" + filters(proposal_.filters) + "]\n";
    if (!proposal_.clusters.empty()) out_ += "clusters:\n";
    for (const ProposedCluster& cluster : proposal_.clusters) write_cluster(cluster);
    out_ += "routes:\n";
    for (const ProposedRoute& route : proposal_.routes) write_route(route);
    return std::move(out_);
  }

 private:
  static std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
      if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    }
    return out;
  }
  std::string place(const Place& place) const { return configuration_.place_text(place); }

  void write_listeners() {
    out_ += "  listen:\n";
    if (proposal_.listeners.empty()) {
      out_ += "    - \"127.0.0.1:8080\"" + comment("none of nginx's could be carried over");
    }
    for (const ProposedListener& listener : proposal_.listeners) {
      std::string line = quoted(listener.address);
      std::string certificates;
      for (const auto& one : listener.certificates) {
        certificates.append(certificates.empty() ? "" : ", ")
            .append("{certificate: " + quoted(one.certificate) + ", key: " + quoted(one.key) + "}");
      }
      const std::string proxied = listener.proxy_protocol ? ", proxy_protocol: true" : "";
      if (!certificates.empty()) {
        line = "{address: " + line + ", tls: [" + certificates + "]" + proxied + "}";
      } else if (listener.proxy_protocol) {
        line = "{address: " + line + proxied + "}";
      }
      out_ += "    - " + line + comment(place(listener.place));
    }
  }

  void write_gateway() {
    if (proposal_.workers > 0) out_ += "  workers: " + std::to_string(proposal_.workers) + "\n";
    if (!proposal_.trusted_proxies.empty()) out_ += "  trusted_proxies: " + list(proposal_.trusted_proxies) + "\n";
    std::string limits = "body_bytes: " + format_size(proposal_.body_bytes);
    if (proposal_.head_bytes > 0) limits += ", head_bytes: " + format_size(proposal_.head_bytes);
    const auto time = [&](std::string_view name, Duration value) {
      if (value > Duration{0}) limits.append(", ").append(name).append(": " + format_duration(value));
    };
    time("header_timeout", proposal_.header_timeout);
    time("body_timeout", proposal_.body_timeout);
    time("idle_timeout", proposal_.idle_timeout);
    out_ += "  limits: {" + limits + "}\n";
    if (proposal_.access_log_off) out_ += "  access_log: {file: \"off\"}\n";
  }

  void write_cluster(const ProposedCluster& cluster) {
    out_ += "  " + cluster.name + ":" + comment(place(cluster.place));
    out_ += std::string("    protocol: ") + (cluster.fastcgi ? "fastcgi" : cluster.http2 ? "http2" : "http1") + "\n";
    std::string endpoints;
    for (const ProposedEndpoint& endpoint : cluster.endpoints) {
      const std::string address = quoted(endpoint.address);
      endpoints.append(endpoints.empty() ? "" : ", ");
      endpoints += endpoint.weight == 1 ? address
                                        : "{address: " + address + ", weight: " + std::to_string(endpoint.weight) + "}";
    }
    out_ += "    endpoints: [" + endpoints + "]\n";
    if (!cluster.tls.empty()) out_ += "    tls: " + cluster.tls + "\n";
    if (!cluster.balance.empty()) out_ += "    " + cluster.balance + "\n";
    if (cluster.connect_timeout > Duration{0}) {
      out_ += "    connect_timeout: " + format_duration(cluster.connect_timeout) + "\n";
    }
    if (!cluster.fastcgi) return;
    out_ += "    root: " + quoted(cluster.root) + "\n    index: " + list(cluster.index) + "\n";
    out_ += "    fallback: " + quoted(cluster.fallback) + "\n";
    if (!cluster.scripts.empty()) out_ += "    scripts: " + list(cluster.scripts) + "\n";
    if (cluster.connections_max > 0) {
      out_ += "    connections_max: " + std::to_string(cluster.connections_max) + "\n";
    }
    std::string params;
    for (const ProposedParam& param : cluster.params) {
      params.append(params.empty() ? "" : ", ").append(param.name + ": " + quoted(param.value));
    }
    if (!params.empty()) out_ += "    params: {" + params + "}\n";
  }

  void write_route(const ProposedRoute& route) {
    const ProposedMatch& match = route.match;
    std::string conditions;
    if (!match.methods.empty()) conditions += "method: " + list(match.methods) + ", ";
    if (!match.host.empty()) conditions += "host: " + quoted(match.host) + ", ";
    conditions += (match.exact ? "path: " : "prefix: ") + quoted(match.path);
    if (!match.header.empty()) conditions += ", header: {" + match.header + ": " + quoted(match.header_value) + "}";
    if (!match.query.empty()) conditions += ", query: {" + match.query + ": " + quoted(match.query_value) + "}";
    std::string target = "to: " + route.target.cluster;
    if (!route.target.root.empty()) target = "static: {root: " + quoted(route.target.root) + "}";
    if (!route.target.shares.empty()) target = "split: [" + shares(route.target.shares) + "]";
    if (!route.target.sticky.empty()) {
      const std::string salt = route.target.salt.empty() ? "" : ", salt: " + quoted(route.target.salt);
      target = "sticky: {keys: [" + quoted(route.target.sticky) + "]" + salt + "}, " + target;
    }
    if (route.target.timeout > Duration{0}) {
      const std::string time = format_duration(route.target.timeout);
      target.append(", timeout: " + time).append(", read_timeout: " + time);
    }
    if (!route.target.fallback.empty()) target += ", fallback: " + route.target.fallback;
    if (!route.target.filters.empty()) target = "filters: [" + filters(route.target.filters) + "], " + target;
    const std::string closed = route.target.root == kClosedRoot && !route.target.filtered ? ", closed" : "";
    out_ += "  - {id: " + route.id + ", match: {" + conditions + "}, " + target + "}" +
            comment(place(route.place) + " " + route.about + closed);
  }

  static std::string filters(const std::vector<std::string>& filters) {
    std::string out;
    for (const std::string& filter : filters) out.append(out.empty() ? "{" : ", {").append(filter).append("}");
    return out;
  }

  static std::string shares(const std::vector<ProposedShare>& shares) {
    std::string out;
    for (const ProposedShare& share : shares) {
      out.append(out.empty() ? "" : ", ")
          .append("{cluster: " + share.cluster + ", percent: " + format_percent(share.hundredths) + "}");
    }
    return out;
  }

  const Proposal& proposal_;
  const Configuration& configuration_;
  std::string out_;
};

std::string_view heading(NoteKind kind) {
  switch (kind) {
    case NoteKind::kOpens:
      return "Open where nginx was closed; look at these first:";
    case NoteKind::kMissing:
      return "Not carried over:";
    case NoteKind::kDiffers:
      return "Carried over, and not quite the same:";
    case NoteKind::kNotNeeded:
      return "Needs nothing:";
  }
  return "";
}

}  // namespace

std::string_view note_kind_name(NoteKind kind) {
  switch (kind) {
    case NoteKind::kOpens:
      return "opens";
    case NoteKind::kMissing:
      return "missing";
    case NoteKind::kDiffers:
      return "differs";
    case NoteKind::kNotNeeded:
      return "not_needed";
  }
  return "";
}

std::string proposal_yaml(const Proposal& proposal, const Configuration& configuration) {
  return Yaml(proposal, configuration).text();
}

std::string notes_text(const Proposal& proposal, const Configuration& configuration, bool all) {
  std::string out = std::to_string(proposal.carried) + " of " + std::to_string(proposal.directives) +
                    " directives are in the proposal as they are.\n";
  for (NoteKind kind : kKinds) {
    const auto count = std::count_if(proposal.notes.begin(), proposal.notes.end(),
                                     [kind](const Note& note) { return note.kind == kind; });
    if (count == 0) continue;
    if (kind == NoteKind::kNotNeeded && !all) {
      out += "\n" + std::to_string(count) +
             " of the others need nothing: they tune nginx itself, or Banyan does it unasked (--all lists them).\n";
      continue;
    }
    out.append("\n").append(heading(kind)).append("\n");
    for (const Note& note : proposal.notes) {
      if (note.kind != kind) continue;
      out += "  " + configuration.place_text(note.place) + ": " + note.what + "\n      " + note.instead + "\n";
    }
  }
  return out;
}

void write_proposal_members(json::Writer& writer, const Proposal& proposal, const Configuration& configuration,
                            const std::string& yaml) {
  writer.key("files").begin_array();
  for (const std::string& file : configuration.files) writer.string(file);
  writer.end_array();
  writer.key("directives").unsigned_integer(proposal.directives).key("carried").unsigned_integer(proposal.carried);
  writer.key("config").string(yaml);
  writer.key("notes").begin_array();
  for (const Note& note : proposal.notes) {
    writer.begin_object().key("kind").string(note_kind_name(note.kind));
    writer.key("file").string(note.place.file < configuration.files.size() ? configuration.files[note.place.file] : "");
    writer.key("line").integer(note.place.position.line);
    writer.key("what").string(note.what).key("instead").string(note.instead).end_object();
  }
  writer.end_array();
}

}  // namespace banyan::nginx
