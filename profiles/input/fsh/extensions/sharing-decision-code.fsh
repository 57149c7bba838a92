Extension: SharingDecisionCode
Id: sharing-decision-code
Title: "Decision about sharing"
Description: "What the person has said about sharing. Having objected, having withdrawn consent and not having been asked are three different answers."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only code
* value[x] from SharingDecisionVS (required)
