"""The PHP user centre does what its README says, behind nginx: no program of ours takes part, so this proves the
questions too."""
import json
import re

from lib.raw_http import fetch
from lib.usercenter import UserCentreCase, questions
from seed import user_email, user_row

ERRORS = {400: ("invalid id", "invalid ids", "invalid body", "invalid name", "invalid email", "nothing to update"),
          401: ("unauthorized",), 404: ("not found",), 405: ("method not allowed",), 409: ("email taken",)}


class LegacyTest(UserCentreCase):
    def test_every_question_gets_its_status_and_an_answer_in_json(self):
        address = self.start_php()
        for question in questions():
            with self.subTest(question.name):
                answer = self.ask(address, question)
                self.assertEqual(answer.status, question.status, answer)
                self.assertEqual(answer.get("content-type"), "application/json")
                if answer.status != 200:
                    self.assertIn(answer.json()["error"], ERRORS[answer.status])
                if answer.status == 405:
                    self.assertEqual(answer.get("allow"), "POST")

    def test_a_profile_is_the_seeded_row_with_its_warts(self):
        address = self.start_php()
        seen = set()
        for user_id in range(1, 40):
            row = user_row(user_id)
            profile = fetch(address, f"/user/profile?id={user_id}").json()
            self.assertEqual(profile, {
                "id": user_id, "name": row[1], "email": user_email(user_id), "roles": row[4].split(","),
                "score": f"{row[5] // 100}.{row[5] % 100:02}", "active": str(row[6]),
                "settings": json.loads(row[7] or "[]"),
                "created_at": row[8], "last_login": row[10]})
            seen.add(type(profile["settings"]))
        self.assertEqual(seen, {list, dict})

    def test_batch_keeps_the_order_and_lists_the_missing(self):
        answer = fetch(self.start_php(), "/user/batch", method="POST", body=b'{"ids":[3,20000,"1",3]}').json()
        self.assertEqual([user["id"] for user in answer["users"]], ["3", "1", "3"])
        self.assertEqual((answer["count"], answer["missing"]), ("3", [20000]))

    def test_login_update_logout(self):
        address = self.start_php()
        user_id = next(user_id for user_id in range(1, 100) if user_row(user_id)[6])
        body = json.dumps({"email": user_email(user_id).upper(), "password": f"secret-{user_id}"}).encode()
        for _ in range(2):      # the first upgrades the old hash, the second must match the new one
            login = fetch(address, "/user/login", method="POST", body=body)
            self.assertEqual(login.status, 200, login)
        cookie = login.get("set-cookie").split(";")[0]
        bearer = [("Authorization", "Bearer " + login.json()["token"])]
        self.assertIn("Signed in as", fetch(address, "/", headers=[("Cookie", cookie)]).body.decode())
        changed = fetch(address, "/user/update", method="POST", headers=bearer, body=b'{"name":"Changed"}')
        self.assertEqual(changed.json()["user"]["name"], "Changed")
        self.assertEqual(fetch(address, f"/user/profile?id={user_id}").json()["name"], "Changed")
        self.assertEqual(fetch(address, "/user/logout", method="POST", headers=bearer, body=b"").status, 200)
        late = fetch(address, "/user/update", method="POST", headers=bearer, body=b'{"name":"Late"}')
        self.assertEqual(late.status, 401)

    def test_login_refuses_a_wrong_password_and_an_inactive_user(self):
        address = self.start_php()
        inactive = next(user_id for user_id in range(1, 1000) if not user_row(user_id)[6])
        refused = [(1, "secret-2", 401), (inactive, f"secret-{inactive}", 403), (10 ** 6, "x", 401)]
        for user_id, password, status in refused:
            body = json.dumps({"email": user_email(user_id), "password": password}).encode()
            self.assertEqual(fetch(address, "/user/login", method="POST", body=body).status, status)

    def test_the_page_lists_the_best_and_escapes_names(self):
        page = fetch(self.start_php(), "/").body.decode()
        self.assertEqual(len(re.findall(r'href="/user/profile\?id=\d+"', page)), 10)
        self.assertNotIn("<b>Bold", page)
