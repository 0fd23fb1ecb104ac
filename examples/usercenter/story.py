"""The story the example tells, followed in what the gateway's ledger says: a route that moves on evidence, one that is
held back because its answers differ, and its way once the native service is mended. Pure: documents in, sentences out.

Chapters, each with the second in which it came about:
    moved      user-profile is answered by the native service alone
    held back  user-batch was compared as often as would have moved it, had its answers been alike, and has not moved
    mended     the native service's second build was deployed
    moved too  user-batch is answered by the second build alone
"""

PROFILE, BATCH = "user-profile", "user-batch"
SECONDS_NEEDED = 120  # within which the story is told, on a machine that is not much slower than it should be
COMPARISONS_ENOUGH = 332  # for a bound of 1 %, where nothing differs (docs/migrate.md)
SECONDS_TO_LOOK = 8       # a chapter stays as it is, for whoever watches
PROFILE_PATIENCE_S = 45   # then the fix comes, whether or not user-profile has got there


def place(position):
    """A position of the ledger in words."""
    if position["stage"] == "shifted":
        return f"{position['hundredths'] / 100:g} %"
    return position["stage"]


def sentence(route, move):
    """One transition of the ledger."""
    text = move["why"]
    if move["from"] != move["to"]:
        text = f"{place(move['from'])} -> {place(move['to'])}: {text}"
    if move["by"] == "evidence" and move["from"]["stage"] != "verified":
        text += f" ({move['evidence']['compared']} compared, {move['evidence']['different']} different)"
    elif move["by"] == "deployment" and move["key"]["new"]:
        text += f" ({move['key']['old']} against {move['key']['new']})"
    return f"{route}: {text}"


def differing(document):
    """Where most of the answers differ, as "PLACE (KIND)"; "" where none does."""
    differences = [one for one in document["differences"] if not one["noise"]]
    if not differences:
        return ""
    most = max(differences, key=lambda one: one["count"])
    return f"{most['path']} ({most['kind']})"


class Story:
    def __init__(self):
        self.moved = self.held_back = self.mended = self.moved_too = None
        self.differing = ""
        self.told = {}  # route -> number of its last transition that was told

    def see(self, second, documents):
        """DOCUMENTS: route -> the answer to GET /ledger/ROUTE. What is new, as sentences."""
        news = []
        for route, document in documents.items():
            for move in reversed(document["transitions"]):
                if move["sequence"] > self.told.get(route, 0):
                    self.told[route] = move["sequence"]
                    news.append(sentence(route, move))
        profile, batch = documents[PROFILE]["route"], documents[BATCH]["route"]
        if self.moved is None and profile["stage"] == "native":
            self.moved = second
        if self.held_back is None and self.is_held_back(batch) and differing(documents[BATCH]):
            self.held_back, self.differing = second, differing(documents[BATCH])
            news.append(f"{BATCH}: held back, {batch['different']} of {batch['compared']} answers differ in "
                        f"{self.differing}")
        if self.mended is not None and self.moved_too is None and batch["stage"] == "native":
            self.moved_too = second
        return news

    @staticmethod
    def is_held_back(route):
        return route["share_hundredths"] == 0 and route["different"] > 0 and route["compared"] >= COMPARISONS_ENOUGH

    def wants_fix(self, second):
        """Whether it is time for the second build."""
        if self.held_back is None or self.mended is not None or second < self.held_back + SECONDS_TO_LOOK:
            return False
        return second > PROFILE_PATIENCE_S or (self.moved is not None and second >= self.moved + SECONDS_TO_LOOK)

    def complete(self):
        return None not in (self.moved, self.held_back, self.mended, self.moved_too)

    def lines(self):
        """What has come about, in its order, a chapter a line; then what has not."""
        chapters = [(self.moved, f"{PROFILE} moved to native on evidence", f"{PROFILE} has not moved to native"),
                    (self.held_back, f"{BATCH} was held back: its answers differ in {self.differing}",
                     f"{BATCH} was not seen held back"),
                    (self.mended, "the mended native service was deployed; evidence began anew",
                     "the mended native service was not deployed"),
                    (self.moved_too, f"{BATCH} moved to native on evidence", f"{BATCH} has not moved to native")]
        came = sorted((chapter for chapter in chapters if chapter[0] is not None), key=lambda chapter: chapter[0])
        return [*(f"  {second:4.0f} s  {text}" for second, text, _ in came),
                *(f"     -    {missing}" for second, _, missing in chapters if second is None)]
