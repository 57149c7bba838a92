CodeSystem: PlanActorCodes
Id: plan-actor
Title: "System that takes part"
Description: "The systems for which the profiles state obligations. In an obligation each is named by https://keyplan.example/fhir/ActorDefinition/ and its code: R4 has no resource for an actor, so this code system defines them. A system may be more than one of them and then has the obligations of each."
* insert LocalCodeSystem
* #gp-practice "GP practice system" "The system of the practice with which a person is registered: writes most plans, keeps a copy of the current summary, and is asked when something is not clear."
* #ambulance "Ambulance system" "What control rooms and crews read, often without time and with a bad connection. Reads a plan to act on it; does not write one."
* #out-of-hours "Out-of-hours system" "What clinicians read who see or advise a person at night and at weekends, without knowing them. Reads a plan to act on it, and may confirm or submit one."
* #hospital "Hospital system" "What emergency departments and wards read and write: reads a plan at admission, and submits a new one when something was decided during a stay."
* #integrator "Integrator" "Software between systems: engines, portals, converters, record locators. Decides nothing about a plan and must not change what it says."
