package vars

import (
	"strconv"

	"github.com/brianvoe/gofakeit/v7/data"
)

var (
	firstNames     = data.Person["first"]
	lastNames      = data.Person["last"]
	namePrefixes   = data.Person["prefix"]
	nameSuffixes   = data.Person["suffix"]
	jobDescriptors = data.Job["descriptor"]
	jobAreas       = data.Job["level"]

	jobTypes = []string{
		"Administrator", "Agent", "Analyst", "Architect", "Assistant", "Associate", "Consultant", "Coordinator",
		"Designer", "Developer", "Director", "Engineer", "Executive", "Facilitator", "Liaison", "Manager", "Officer",
		"Orchestrator", "Planner", "Producer", "Representative", "Specialist", "Strategist", "Supervisor", "Technician",
	}
)

func (d *Dynamic) fullName() string {
	name := d.pick(firstNames) + " " + d.pick(lastNames)
	switch d.rand.IntN(9) {
	case 0:
		return d.pick(namePrefixes) + " " + name
	case 1:
		return name + " " + d.pick(nameSuffixes)
	}
	return name
}

func (d *Dynamic) jobTitle() string {
	return d.pick(jobDescriptors) + " " + d.pick(jobAreas) + " " + d.pick(jobTypes)
}

// phone has no area code or exchange that begins with 0 or 1.
func (d *Dynamic) phone() string {
	group := func(d *Dynamic) string { return d.chars("23456789", 1) + d.chars(digits, 2) }
	return group(d) + "-" + group(d) + "-" + d.chars(digits, 4)
}

func (d *Dynamic) phoneWithExtension() string {
	return strconv.Itoa(d.between(1, 99)) + "-" + d.phone()
}
