CodeSystem: CareTeamRoleCodes
Id: care-team-role
Title: "Role in the care of a person"
Description: "What somebody does for the person, in words that the person would use."
* insert LocalCodeSystem
* #coordinator "Coordinator" "The one whom everybody can ask: keeps the team together and the plan in step."
* #general-practitioner "General practitioner" "The doctor with whom the person is registered."
* #specialist "Specialist" "A clinician of a hospital, a hospice or a specialist team who looks after the illness."
* #nurse "Nurse" "A nurse who visits the person or is asked first."
* #social-care "Social care" "Help with everyday life, in the person's home or in a care home."
* #unpaid-carer "Unpaid carer" "Family, a friend or a neighbour who looks after the person."
