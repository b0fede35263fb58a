"""Code to analyse: installed packages, and projects in Java and TypeScript whose files are as large as people's."""

import shutil
import site
from collections.abc import Callable, Iterable
from pathlib import Path

_METHODS = 14
_FILES_A_DIRECTORY = 12


def copy_installed_packages(target: Path, files: int) -> None:
    """Copy Python and JavaScript sources of installed packages until there are so many."""
    root = Path(site.getsitepackages()[0])
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.js")]):
        relative = path.relative_to(root)
        if files <= 0:
            return
        # Below a name of its own: tests and vendored packages would be left out by theirs.
        if not {"tests", "test", "_vendor"}.intersection(relative.parts):
            place = target / "packages" / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            files -= 1


def make_projects(target: Path, files: int) -> None:
    """Write a Spring and a NestJS project with a front end, half of the files each."""
    java, script = target / "orders", target / "shop"
    (java / "src").mkdir(parents=True)
    script.mkdir(parents=True)
    (java / "pom.xml").write_text(_POM)
    (script / "package.json").write_text(_PACKAGE)
    # One file in ten declares routes.
    java_kinds = (_java_controller, *[_java_service] * 5, *[_java_entity] * 4)
    script_kinds = (_nest_controller, *[_nest_service] * 5, *[_react_component] * 4)
    _write(java / "src/main/java/com/example", files // 2, java_kinds)
    _write(script / "src", files - files // 2, script_kinds)


def _write(directory: Path, files: int, kinds: Iterable[Callable[[int], tuple[str, str]]]) -> None:
    kinds = list(kinds)
    for number in range(files):
        name, text = kinds[number % len(kinds)](number)
        place = directory / f"part{number // _FILES_A_DIRECTORY}" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


_POM = """<project>
  <artifactId>orders</artifactId>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
  </dependencies>
</project>
"""
_PACKAGE = '{"name": "shop", "dependencies": {"@nestjs/common": "^10", "@nestjs/core": "^10", "react": "^18"}}\n'


def _java_controller(number: int) -> tuple[str, str]:
    methods = "\n".join(
        f"""
    @GetMapping("/{{id}}/lines{method}")
    public ResponseEntity<Line> line{method}(@PathVariable Long id, @RequestParam(required = false) String filter) {{
        if (filter != null && filter.length() > {method}) {{
            return service.find(id, filter).map(ResponseEntity::ok).orElse(ResponseEntity.notFound().build());
        }}
        log.info("line {{}} of {{}}", {method}, id);
        return ResponseEntity.ok(service.lines(id).stream().filter(line -> line.is({method})).findFirst().get());
    }}"""
        for method in range(_METHODS)
    )
    text = f"""package com.example.part{number // _FILES_A_DIRECTORY};

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

/** Orders of kind {number}. */
@RestController
@RequestMapping("/api/orders{number}")
public class Order{number}Controller {{
    private static final Logger log = LoggerFactory.getLogger(Order{number}Controller.class);
    private final Order{number}Service service;

    public Order{number}Controller(Order{number}Service service) {{
        this.service = service;
    }}
{methods}
}}
"""
    return f"Order{number}Controller.java", text


def _java_service(number: int) -> tuple[str, str]:
    methods = "\n".join(
        f"""
    @Transactional
    public Optional<Line> step{method}(Long id, Map<String, List<Line>> lines) {{
        for (Map.Entry<String, List<Line>> entry : lines.entrySet()) {{
            if (entry.getKey().equals("name" + {method}) || entry.getValue().isEmpty()) {{
                repository.save(new Line(id, entry.getKey(), entry.getValue().size() + {method}));
            }} else {{
                total = total.add(entry.getValue().get(0).price().multiply(BigDecimal.valueOf({method})));
            }}
        }}
        return repository.findById(id).filter(line -> line.total().compareTo(total) > 0);
    }}"""
        for method in range(_METHODS)
    )
    text = f"""package com.example.part{number // _FILES_A_DIRECTORY};

import java.math.BigDecimal;
import java.util.*;

@Service
public class Order{number}Service extends Steps<Line> implements Totals {{
    private BigDecimal total = BigDecimal.ZERO;
    private final LineRepository repository;
{methods}
}}
"""
    return f"Order{number}Service.java", text


def _java_entity(number: int) -> tuple[str, str]:
    fields = "\n".join(
        f"""
    @Column(name = "field_{field}", nullable = false, length = {field + 20})
    @NotNull
    private String field{field};

    public String getField{field}() {{
        return field{field};
    }}

    public void setField{field}(String field{field}) {{
        this.field{field} = field{field};
    }}"""
        for field in range(_METHODS)
    )
    text = f"""package com.example.part{number // _FILES_A_DIRECTORY};

import jakarta.persistence.*;

@Entity
@Table(name = "lines_{number}")
public class Line{number} {{
    @Id
    private Long id;
{fields}
}}
"""
    return f"Line{number}.java", text


def _nest_controller(number: int) -> tuple[str, str]:
    methods = "\n".join(
        f"""
  @Get(':id/lines{method}')
  async line{method}(@Param('id') id: string, @Query() query: LineQuery): Promise<Line | undefined> {{
    const lines = await this.service.lines(id, {{ ...query, limit: {method + 10} }});
    if (!lines.length) {{
      throw new NotFoundException(`no line {method} of ${{id}}`);
    }}
    return lines.filter((line) => line.number === {method}).map((line) => ({{ ...line, total: line.price * 2 }}))[0];
  }}"""
        for method in range(_METHODS)
    )
    text = f"""import {{ Controller, Get, NotFoundException, Param, Query }} from '@nestjs/common';
import {{ Item{number}Service }} from './item{number}.service';

@Controller('items{number}')
export class Item{number}Controller {{
  constructor(private readonly service: Item{number}Service) {{}}
{methods}
}}
"""
    return f"item{number}.controller.ts", text


def _nest_service(number: int) -> tuple[str, str]:
    methods = "\n".join(
        f"""
  async step{method}(id: string, lines: Record<string, Line[]>): Promise<number> {{
    let total = {method};
    for (const [name, entries] of Object.entries(lines)) {{
      if (name === 'name{method}' || !entries.length) {{
        await this.lines.save({{ id, name, count: entries.length + {method} }});
      }} else {{
        total += entries.reduce((sum, entry) => sum + (entry.price ?? 0) * {method}, 0);
      }}
    }}
    return this.cache.get(`total:${{id}}`) ?? total;
  }}"""
        for method in range(_METHODS)
    )
    text = f"""import {{ Injectable }} from '@nestjs/common';
import type {{ Line }} from '../types';

@Injectable()
export class Item{number}Service {{
  constructor(private readonly lines: LineRepository, private readonly cache: Map<string, number>) {{}}
{methods}
}}
"""
    return f"item{number}.service.ts", text


def _react_component(number: int) -> tuple[str, str]:
    fields = "\n".join(
        f"""
      <label htmlFor="field{field}">Field {field}</label>
      <input
        id="field{field}"
        data-testid="field-{field}"
        value={{values.field{field} ?? ''}}
        onChange={{(event) => setValues((before) => ({{ ...before, field{field}: event.target.value }}))}}
        required={{values.kind === 'kind{field}'}}
      />"""
        for field in range(_METHODS)
    )
    text = f"""import {{ useEffect, useState }} from 'react';

type Props = {{ id: string; onSaved?: (id: string) => void }};

export function Form{number}({{ id, onSaved }}: Props) {{
  const [values, setValues] = useState<Record<string, string>>({{}});
  useEffect(() => {{
    fetch(`/api/items{number}/${{id}}`).then((answer) => answer.json()).then(setValues);
  }}, [id]);
  return (
    <form onSubmit={{() => onSaved?.(id)}}>{fields}
      <button type="submit">Save</button>
    </form>
  );
}}
"""
    return f"Form{number}.tsx", text
