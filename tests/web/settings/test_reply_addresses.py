"""Where answers to mails go: said in words, saved for the company and its branches, and refused where it is no address."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.domain.notifications.reply_addresses import load_reply_addresses
from app.models import Company
from tests.support.users import branch_ids, make_company, make_user, signed_in, token_of

PAGE = "/settings/messages/replies"


def test_the_page_says_where_answers_go(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    company = make_company()
    owner = signed_in(app, make_user(company))
    assert "E-Mail ist nicht eingerichtet" in owner.get(PAGE).text
    monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", "smtp://mail.askproai.example")
    monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "termine@askproai.example")
    for page in (PAGE, "/settings/messages"):
        assert "termine@askproai.example von AskProAI: Dort liest es niemand" in owner.get(page).text
    saved = owner.post(PAGE, data={"csrf_token": token_of(owner), "company:email": "Hallo@Salon.example"})
    assert saved.status_code == 302
    assert "schreibt an hallo@salon.example." in owner.get(PAGE).text


def test_a_branch_has_its_own_where_there_are_several(app: Flask, db: SQLAlchemy) -> None:
    company = make_company(branches=("Mitte", "Wedding"))
    owner = signed_in(app, make_user(company))
    mitte = branch_ids(company)[0]
    data = {"csrf_token": token_of(owner), "company:email": "", f"{mitte}:email": "mitte@salon.example"}
    assert owner.post(PAGE, data=data).status_code == 302
    with company_scope(company.id):
        assert load_reply_addresses() == {mitte: "mitte@salon.example"}
    refused = owner.post(PAGE, data=data | {"company:email": "salon, mitte@salon.example"})
    assert refused.status_code == 422
    assert "Das ist keine E-Mail-Adresse" in refused.text and 'value="salon, mitte@salon.example"' in refused.text


def test_the_front_desk_reads_and_does_not_change(app: Flask, db: SQLAlchemy) -> None:
    company = make_company()
    desk = signed_in(app, make_user(company, "front_desk"))
    assert "Speichern" not in desk.get(PAGE).text
    desk.post(PAGE, data={"csrf_token": token_of(desk), "company:email": "hallo@salon.example"})
    assert db.session.get_one(Company, company.id).reply_email is None
