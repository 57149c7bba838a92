// Who must do what with a profile or an element of it: FHIR's obligation extension. The actors stand in CodeSystem plan-actor.

RuleSet: Obligation(at, number, actor, code, why)
* {at} ^extension[{number}].url = "http://hl7.org/fhir/StructureDefinition/obligation"
* {at} ^extension[{number}].extension[0].url = "code"
* {at} ^extension[{number}].extension[0].valueCode = #{code}
* {at} ^extension[{number}].extension[1].url = "actor"
* {at} ^extension[{number}].extension[1].valueCanonical = "https://keyplan.example/fhir/ActorDefinition/{actor}"
* {at} ^extension[{number}].extension[2].url = "documentation"
* {at} ^extension[{number}].extension[2].valueMarkdown = "{why}"

// What people decided or said: written where there is time for it, acted on where there is none.
RuleSet: Decided(what)
* insert Obligation(., 0, gp-practice, SHALL:able-to-populate, [[Records {what} with who said so and when, and submits it anew when it changes.]])
* insert Obligation(., 1, ambulance, SHALL:display, [[Shows {what} before treatment, whole, with who said so and when.]])
* insert Obligation(., 2, out-of-hours, SHALL:display, [[Shows {what} before a visit or advice, whole, with who said so and when.]])
* insert Obligation(., 3, hospital, SHALL:able-to-populate, [[Shows {what} at admission, and records it when it changes during a stay.]])
* insert Obligation(., 4, integrator, SHALL:no-alter, [[Passes {what} on word for word and code for code. What it does not know it keeps or refuses, never drops.]])

// What whoever meets the person needs to know, as far as it is known.
RuleSet: Told(what)
* insert Obligation(., 0, gp-practice, SHALL:populate-if-known, [[Records {what} where it is known, with the day on which it was found to be so.]])
* insert Obligation(., 1, ambulance, SHALL:display, [[Shows {what} with its day. Where nothing is recorded, shows that and infers nothing.]])
* insert Obligation(., 2, out-of-hours, SHALL:display, [[Shows {what} with its day. Where nothing is recorded, shows that and infers nothing.]])
* insert Obligation(., 3, hospital, SHALL:populate-if-known, [[Shows {what} at admission, and records what has changed at discharge.]])
* insert Obligation(., 4, integrator, SHALL:no-alter, [[Passes {what} on unchanged, with its day and who said so.]])

// What the service composes from the above.
RuleSet: Composed(what)
* insert Obligation(., 0, gp-practice, SHALL:no-alter, [[Keeps {what} as it was received, and only the newest.]])
* insert Obligation(., 1, ambulance, SHALL:display, [[Shows {what} with its age, and that it is old where it is.]])
* insert Obligation(., 2, out-of-hours, SHALL:display, [[Shows {what} with its age, and that it is old where it is.]])
* insert Obligation(., 3, hospital, SHALL:display, [[Shows {what} with its age, and that it is old where it is.]])
* insert Obligation(., 4, integrator, SHALL:no-alter, [[Passes {what} on unchanged, never an older one after a newer one, and tells when it could not.]])
