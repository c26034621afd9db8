package vars

import "github.com/brianvoe/gofakeit/v7/data"

var (
	companySuffixes = data.Company["suffix"]

	colors = []string{
		"amber", "azure", "beige", "black", "blue", "brown", "coral", "crimson", "cyan", "gold", "green", "grey",
		"indigo", "ivory", "lavender", "lime", "magenta", "maroon", "navy blue", "olive", "orange", "pink", "plum",
		"purple", "red", "salmon", "sea green", "silver", "sky blue", "tan", "teal", "turquoise", "violet", "white",
	}
	departments = []string{
		"Automotive", "Baby", "Bakery", "Beauty", "Books", "Clothing", "Computers", "Electronics", "Furniture",
		"Games", "Garden", "Grocery", "Health", "Home", "Industrial", "Kids", "Lighting", "Movies", "Music",
		"Outdoors", "Pets", "Shoes", "Sports", "Stationery", "Tools", "Toys",
	}
	products = []string{
		"Backpack", "Bench", "Bicycle", "Bowl", "Bread", "Camera", "Car", "Chair", "Cheese", "Clock", "Computer",
		"Fish", "Gloves", "Hat", "Jacket", "Keyboard", "Kettle", "Lamp", "Mouse", "Mug", "Pizza", "Salad", "Scarf",
		"Shirt", "Shoes", "Soap", "Table", "Towels", "Umbrella", "Watch",
	}
	productAdjectives = []string{
		"Awesome", "Bespoke", "Compact", "Durable", "Elegant", "Ergonomic", "Fantastic", "Generic", "Gorgeous",
		"Handcrafted", "Handmade", "Intelligent", "Licensed", "Modern", "Portable", "Practical", "Refined",
		"Rustic", "Sleek", "Small", "Sturdy", "Tasty",
	}
	productMaterials = []string{
		"Bamboo", "Bronze", "Ceramic", "Concrete", "Copper", "Cotton", "Fresh", "Frozen", "Glass", "Granite",
		"Leather", "Linen", "Marble", "Metal", "Plastic", "Rubber", "Silk", "Soft", "Steel", "Wooden", "Woollen",
	}

	bsVerbs = []string{
		"accelerate", "aggregate", "amplify", "architect", "benchmark", "brand", "champion", "cultivate", "deliver",
		"deploy", "drive", "embrace", "empower", "enable", "engage", "expedite", "facilitate", "grow", "harness",
		"implement", "incentivize", "innovate", "leverage", "maximize", "optimize", "reinvent", "scale",
		"simplify", "streamline", "synergize", "transform", "unlock",
	}
	bsAdjectives = []string{
		"agile", "B2B", "B2C", "back-end", "bleeding-edge", "collaborative", "compelling", "cross-media",
		"cutting-edge", "data-driven", "distributed", "dynamic", "efficient", "end-to-end", "extensible",
		"frictionless", "front-end", "global", "granular", "holistic", "integrated", "interactive", "intuitive",
		"mission-critical", "next-generation", "one-to-one", "proactive", "real-time", "robust", "scalable",
		"seamless", "strategic", "sustainable", "transparent", "turn-key", "user-centric", "world-class",
	}
	bsNouns = []string{
		"action-items", "applications", "architectures", "bandwidth", "channels", "communities", "content",
		"convergence", "deliverables", "e-commerce", "ecosystems", "experiences", "functionalities",
		"infrastructures", "initiatives", "insights", "interfaces", "markets", "methodologies", "metrics",
		"mindshare", "models", "networks", "niches", "paradigms", "partnerships", "platforms", "portals",
		"relationships", "schemas", "solutions", "supply-chains", "synergies", "systems", "users", "web services",
	}

	catchAdjectives = []string{
		"Adaptive", "Advanced", "Automated", "Balanced", "Centralized", "Compatible", "Configurable",
		"Cross-platform", "Customer-focused", "Customizable", "Decentralized", "Diverse", "Enhanced",
		"Enterprise-wide", "Expanded", "Face to face", "Focused", "Future-proofed", "Innovative", "Integrated",
		"Intuitive", "Managed", "Multi-layered", "Networked", "Object-based", "Open-source", "Optimized",
		"Persistent", "Proactive", "Programmable", "Reactive", "Realigned", "Robust", "Seamless", "Secured",
		"Self-enabling", "Streamlined", "Synchronised", "Team-oriented", "Universal", "User-friendly", "Versatile",
	}
	catchDescriptors = []string{
		"24 hour", "analyzing", "asynchronous", "bandwidth-monitored", "bi-directional", "client-driven",
		"client-server", "cohesive", "composite", "content-based", "context-sensitive", "dedicated", "discrete",
		"dynamic", "empowering", "encompassing", "executive", "explicit", "fault-tolerant", "full-range",
		"global", "grid-enabled", "high-level", "homogeneous", "human-resource", "impactful", "interactive",
		"intermediate", "leading edge", "local", "logistical", "methodical", "mission-critical", "mobile",
		"modular", "national", "needs-based", "next generation", "non-volatile", "object-oriented", "optimal",
		"radical", "real-time", "regional", "responsive", "scalable", "stable", "static", "systematic",
		"tangible", "transitional", "user-facing", "value-added", "well-modulated", "zero defect",
	}
	catchNouns = []string{
		"ability", "access", "adapter", "algorithm", "alliance", "analyzer", "application", "approach",
		"architecture", "archive", "array", "benchmark", "capability", "capacity", "challenge", "circuit",
		"collaboration", "complexity", "concept", "conglomeration", "contingency", "core", "database",
		"definition", "encoding", "encryption", "extranet", "firmware", "flexibility", "forecast", "framework",
		"function", "groupware", "hardware", "help-desk", "hierarchy", "hub", "implementation", "infrastructure",
		"initiative", "installation", "interface", "knowledge base", "leverage", "matrix", "methodology",
		"middleware", "migration", "model", "monitoring", "moratorium", "neural-net", "open system", "orchestration",
		"paradigm", "parallelism", "pricing structure", "productivity", "protocol", "secured line", "software",
		"solution", "strategy", "support", "synergy", "task-force", "throughput", "toolset", "utilisation",
		"website", "workforce",
	}
)

func (d *Dynamic) productName() string {
	return d.pick(productAdjectives) + " " + d.pick(productMaterials) + " " + d.pick(products)
}

func (d *Dynamic) company() string {
	a := d.pick(lastNames)
	switch d.rand.IntN(3) {
	case 0:
		return a + " " + d.pick(companySuffixes)
	case 1:
		return a + " - " + d.pick(lastNames)
	}
	return a + ", " + d.pick(lastNames) + " and " + d.pick(lastNames)
}

func (d *Dynamic) businessSpeak() string {
	return d.pick(bsVerbs) + " " + d.pick(bsAdjectives) + " " + d.pick(bsNouns)
}

func (d *Dynamic) catchPhrase() string {
	return d.pick(catchAdjectives) + " " + d.pick(catchDescriptors) + " " + d.pick(catchNouns)
}
