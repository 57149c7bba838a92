CodeSystem: RationaleCodes
Id: rationale
Title: "Reason for a recommendation against an intervention"
Description: "Groups of reasons why an intervention is not recommended or is recommended only under a condition."
* insert LocalCodeSystem
* #unlikely-to-succeed "Unlikely to succeed" "The intervention is not expected to work."
* #not-in-best-interests "Not in the best interests of the person" "The intervention might work, but its harms or burdens are judged to outweigh its benefit for this person."
* #person-does-not-want "Person does not want it" "The person does not want the intervention, now or should they lose capacity."
* #other "Other reason" "A reason that is written out in words."
