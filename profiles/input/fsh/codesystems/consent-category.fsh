CodeSystem: ConsentCategoryCodes
Id: consent-category
Title: "What a Consent records"
Description: "Which part of a plan a Consent resource records. Each has its own profile, so that a recommendation cannot be read as a legal refusal, nor the other way round."
* insert LocalCodeSystem
* #emergency-recommendation "Emergency recommendation" "A recommendation about one intervention in an emergency. It guides decisions at the time; it is not legally binding."
* #advance-refusal "Advance refusal of treatment" "A refusal of treatment that the person made in advance. Legally binding in England and Wales if valid and applicable; in Scotland persuasive, not binding by statute."
* #welfare-proxy "Welfare proxy" "Someone who has legal power to take welfare or health decisions for the person."
* #sharing-decision "Sharing decision" "What the person has decided, or has been asked, about sharing their plan with services that may have to act on it."
* #portal-restriction "Portal restriction" "What the person does not want shown at their own portal, or to those who speak for them. It hides nothing from those who treat the person."
