Profile: WelfareProxy
Parent: Consent
Id: welfare-proxy
Title: "Welfare proxy"
Description: "Someone who has legal power to take welfare or health decisions for the person: a welfare attorney, guardian, deputy or intervener. Says under which authority, and whether only while the person lacks capacity. How to reach the proxy stands in the contact that it refers to."
* ^experimental = false
* insert Decided([[who may decide for the person]])
* insert DecisionByConsent
* extension contains
    ProxyAuthority named authority 1..1 MS and
    OnlyWhenIncapable named onlyWhenIncapable 0..1 MS
* status MS
* extension[authority] ^definition = "The legal instrument: who gave the powers, and under the law of which nation."
* extension[onlyWhenIncapable] ^definition = "True where the proxy may act only while the person lacks capacity for the decision at hand."
* status ^short = "active while the powers hold"
* scope MS
* scope ^short = "Treatment"
* category 1..* MS
* category ^short = "What the Consent records"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains proxy 1..1 MS
* category[proxy] = ConsentCategoryCodes#welfare-proxy
* patient 1..1 MS
* patient ^short = "The person for whom the proxy may decide"
* patient only Reference(PlanPatient)
* dateTime MS
* dateTime ^short = "When it was recorded"
* source[x] MS
* source[x] ^short = "The power of attorney or court order"
* policy MS
* policy ^short = "The policy under which it was recorded"
* verification MS
* verification ^short = "Whether somebody saw the document, and when"
* provision 1..1 MS
* provision ^short = "The proxy, and while the powers hold"
* provision.period MS
* provision.period ^short = "While the powers hold"
* provision.actor 1..* MS
* provision.actor ^short = "The proxy; where there are several, in the order in which to call them"
* provision.actor.reference only Reference(PlanContact)
* provision.provision MS
* provision.provision ^short = "Powers that the proxy has or lacks"
